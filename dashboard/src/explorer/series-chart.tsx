import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import type { Chart } from "./explorer.ts";
import type { Span } from "./span.ts";

interface SeriesChartProps {
  readonly chart: Chart;
  /** What the picture says, in words. */
  readonly label: string;
  onSpan(span: Span): void;
}

const HEIGHT = 320;

/** The picture of a series. The library that draws it is loaded with the first one. */
export function SeriesChart({ chart, label, onSpan }: SeriesChartProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot: uPlot | undefined;
    let gone = false;
    const fit = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const draw = async () => {
      const { drawSeries } = await import("./draw-series.ts");
      if (gone) return;
      plot?.destroy();
      plot = drawSeries(element, HEIGHT, chart, onSpan);
    };
    void draw();
    fit.observe(element);
    dark.addEventListener("change", draw);
    return () => {
      gone = true;
      fit.disconnect();
      dark.removeEventListener("change", draw);
      plot?.destroy();
    };
  }, [chart]);
  return <div ref={box} class="chart" role="img" aria-label={label} />;
}
