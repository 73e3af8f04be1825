import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./explorer.ts";
import { alone, figure } from "./series.ts";
import type { Span } from "./span.ts";
import { timeLabels } from "./time-labels.ts";

/** Draws into `element`, in the colours of the style sheet. A range that is dragged over is handed to `onSpan`. */
export function drawSeries(
  element: HTMLElement,
  height: number,
  { series, span }: Chart,
  onSpan: (span: Span) => void,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour("text-soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const lonely = alone(series);
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    // The last label stands half behind the end.
    padding: [null, 40, null, null],
    // Every day here is UTC's.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: {
      // The span that was asked for, whatever part of it holds samples.
      x: { range: [span.fromMs / 1_000, span.toMs / 1_000] },
      y: { range: (_, min, max) => valueRange(min, max) },
    },
    axes: [
      { ...axis, space: 90, values: (_, ticks) => timeLabels(ticks) },
      { ...axis, size: (_, labels) => widthOf(labels), values: (_, ticks) => ticks.map(figure) },
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
        // Where there is room for every point they are all drawn; those that no line leads to always.
        points: { filter: (_, __, all) => (all ? null : lonely) },
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

/** Beyond this a range is no number any more; what lies outside of it is told in words alone. */
const DRAWN_MAX = 1e307;

function valueRange(min: number, max: number): uPlot.Range.MinMax {
  const inside = (value: number) => Math.max(-DRAWN_MAX, Math.min(DRAWN_MAX, value));
  return uPlot.rangeNum(inside(min), inside(max), 0.1, true);
}

/** In pixels, of the axis that stands beside them. */
function widthOf(labels: readonly string[] | null): number {
  return 20 + 7 * Math.max(4, ...(labels ?? []).map((label) => label.length));
}
