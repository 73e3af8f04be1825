import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./explorer-state.ts";
import { withUnits } from "./point-meaning.ts";
import { isolatedValues, roundedValue, timeLabels, valueText } from "./series.ts";
import type { Span } from "./span.ts";

/** Draws into `element`, in the colours of the style sheet. Dragging over a range calls `onSpan` with it. */
export function drawSeries(
  element: HTMLElement,
  height: number,
  { series, span, interval }: Chart,
  units: string | undefined,
  onSpan: (span: Span) => void,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour("text-soft"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const isolated = isolatedValues(series);
  // A sample as it was sent; digits of an average mean nothing beyond some.
  const readingText = interval === "raw" ? valueText : roundedValue;
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    // Half of the last label is to the right of the axis.
    padding: [null, 40, null, null],
    // All days are UTC days.
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: {
      // The whole requested span, also where it has no samples.
      x: { range: [span.fromMs / 1_000, span.toMs / 1_000] },
      y: { range: (_, min, max) => valueRange(min, max) },
    },
    axes: [
      { ...axis, space: 90, values: (_, ticks) => timeLabels(ticks) },
      {
        ...axis,
        ...(units !== undefined && { label: units, labelSize: 20, labelFont: "12px system-ui" }),
        size: (_, labels) => widthOf(labels),
        values: (_, ticks) => ticks.map(valueText),
      },
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
        // Dots for all values when there is room; for values that no line reaches, always.
        points: { filter: (_, __, all) => (all ? null : isolated) },
        value: (_, value) => (value == null ? "–" : withUnits(readingText(value), units)),
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

/** Beyond this the range of the axis overflows; greater values are only in the text. */
const DRAWN_MAX = 1e307;

function valueRange(min: number, max: number): uPlot.Range.MinMax {
  const inside = (value: number) => Math.max(-DRAWN_MAX, Math.min(DRAWN_MAX, value));
  return uPlot.rangeNum(inside(min), inside(max), 0.1, true);
}

/** The width in pixels of the value axis. */
function widthOf(labels: readonly string[] | null): number {
  return 20 + 7 * Math.max(4, ...(labels ?? []).map((label) => label.length));
}
