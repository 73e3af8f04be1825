import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./explorer.ts";
import type { Span } from "./interval.ts";
import { figure } from "./series.ts";

/** Draws into `element`, in the colours of the style sheet. A range that is dragged over is handed to `onSpan`. */
export function drawSeries(
  element: HTMLElement,
  height: number,
  { series }: Chart,
  onSpan: (span: Span) => void,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour("text-soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    // Every day here is UTC's.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    cursor: { drag: { x: true, y: false, setScale: false } },
    axes: [
      { ...axis, space: 80, values: (_, ticks) => timeLabels(ticks) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => figure(tick)) },
    ],
    series: [
      {
        label: "UTC",
        value: (_, seconds) => (seconds == null ? "–" : new Date(seconds * 1_000).toISOString()),
      },
      {
        label: "value",
        stroke: colour("accent"),
        width: 1.5,
        spanGaps: false,
        value: (_, value) => (value == null ? "–" : figure(value)),
      },
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 4) return;
          const at = (x: number) => Math.round(plot.posToVal(x, "x") * 1_000);
          onSpan({ fromMs: at(plot.select.left), toMs: at(plot.select.left + plot.select.width) });
        },
      ],
    },
  };
  return new uPlot(options, [series.times as number[], series.values as (number | null)[]], element);
}

/** Days where the ticks are days apart, else hours and minutes, with the day where it begins. */
function timeLabels(ticks: readonly number[]): string[] {
  return ticks.map((seconds, index) => {
    const text = new Date(seconds * 1_000).toISOString();
    const [day, time] = [text.slice(0, 10), text.slice(11, 16)];
    if (time === "00:00") return day;
    return index === 0 ? `${time}\n${day}` : time;
  });
}
