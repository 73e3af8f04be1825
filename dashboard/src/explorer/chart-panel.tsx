import type { Aggregate, Interval } from "../../../src/contract/query.ts";
import { bytes, whole } from "../progress/figures.ts";
import type { ExplorerCommands } from "./commands.ts";
import { type Chart, type Explorer, intervalOf } from "./explorer.ts";
import { INTERVAL_MS, isBearable } from "./interval.ts";
import { extentOf, figure } from "./series.ts";
import { SeriesChart } from "./series-chart.tsx";
import type { Span } from "./span.ts";
import { SpanControls } from "./span-controls.tsx";

const INTERVALS: readonly Interval[] = ["raw", ...(Object.keys(INTERVAL_MS) as Interval[])];
const AGGREGATES: readonly Aggregate[] = ["avg", "min", "max", "sum", "count", "first", "last"];

interface ChartProps {
  readonly explorer: Explorer;
  readonly commands: ExplorerCommands;
}

export function ChartPanel({ explorer, commands }: ChartProps) {
  const { site, point, span, chart, drawing, refusal } = explorer;
  return (
    <section aria-label="Chart" aria-busy={drawing}>
      {point && span ? (
        <>
          <h2>
            {point} <small>{site}</small>
          </h2>
          <Controls explorer={explorer} span={span} commands={commands} />
        </>
      ) : (
        <p class="hint">Choose a point to draw it.</p>
      )}
      <p class="refusal" role="alert">
        {refusal}
      </p>
      {chart && <Drawn chart={chart} onSpan={(zoomed) => commands.change({ type: "span", span: zoomed })} />}
      <p class="hint" role="status">
        {drawing ? "Reading …" : chart && costText(chart)}
      </p>
    </section>
  );
}

function Controls({ explorer, span, commands }: ChartProps & { span: Span }) {
  return (
    <div class="controls">
      <SpanControls span={span} onSpan={(asked) => void commands.change({ type: "span", span: asked })} />
      <label>
        Interval
        <select
          value={explorer.choice}
          onChange={(event) =>
            commands.change({ type: "choice", choice: event.currentTarget.value as Explorer["choice"] })
          }
        >
          <option value="auto">{`fitting (${intervalOf({ ...explorer, choice: "auto" })})`}</option>
          {INTERVALS.filter((interval) => isBearable(interval, span)).map((interval) => (
            <option key={interval} value={interval}>
              {interval}
            </option>
          ))}
        </select>
      </label>
      <label>
        Of each
        <select
          value={explorer.agg}
          disabled={intervalOf(explorer) === "raw"}
          onChange={(event) => commands.change({ type: "agg", agg: event.currentTarget.value as Aggregate })}
        >
          {AGGREGATES.map((agg) => (
            <option key={agg} value={agg}>
              {agg}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Drawn({ chart, onSpan }: { chart: Chart; onSpan(span: Span): void }) {
  const extent = extentOf(chart.series);
  const missing = chart.missingDays.length > 0 && (
    <>
      {" "}
      {whole(chart.missingDays.length)} {chart.missingDays.length === 1 ? "day" : "days"} of the range not
      archived yet.
    </>
  );
  if (!extent) return <p>No samples in this range.{missing}</p>;
  const what = chart.interval === "raw" ? "samples" : `${chart.agg} by ${chart.interval}`;
  const label = `${chart.point}, ${what}: ${valuesText(extent.count)} from ${figure(extent.min)} to ${figure(extent.max)}, mean ${figure(extent.mean)}`;
  return (
    <figure>
      <SeriesChart chart={chart} label={label} onSpan={onSpan} />
      <figcaption>
        {label}. Drag over a part to look closer.
        {chart.cut && " The range holds more: it is drawn up to its 200,000th row."}
        {missing}
      </figcaption>
    </figure>
  );
}

const valuesText = (count: number) => `${whole(count)} ${count === 1 ? "value" : "values"}`;

function costText({ cost, series }: Chart): string {
  return `${valuesText(extentOf(series)?.count ?? 0)}, ${bytes(cost.bytes_read)} read in ${whole(cost.r2_requests)} ${cost.r2_requests === 1 ? "request" : "requests"}, ${whole(cost.query_time_ms)} ms`;
}
