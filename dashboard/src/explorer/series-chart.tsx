import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import type { Chart } from "./explorer-state.ts";
import type { Span } from "./span.ts";

interface SeriesChartProps {
  readonly chart: Chart;
  readonly units: string | undefined;
  /** The chart in words, for screen readers. */
  readonly label: string;
  onSpan(span: Span): void;
}

const HEIGHT = 320;

/** Draws a series. The chart library is loaded with the first chart. */
export function SeriesChart({ chart, units, label, onSpan }: SeriesChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot: uPlot | undefined;
    let removed = false;
    const fit = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const draw = async () => {
      const { drawSeries } = await import("./draw-series.ts");
      if (removed) return;
      plot?.destroy();
      plot = drawSeries(element, HEIGHT, chart, units, onSpan);
    };
    void draw();
    fit.observe(element);
    dark.addEventListener("change", draw);
    return () => {
      removed = true;
      fit.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [chart, units]);
  return <div ref={box} class="chart" role="img" aria-label={label} />;
}
