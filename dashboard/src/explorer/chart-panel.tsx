import type { Aggregate, Interval } from "../../../src/contract/query.ts";
import { DAY_MS, dayStartMs, parseUtcDay, utcDayOf } from "../../../src/domain/day.ts";
import { bytes, whole } from "../progress/figures.ts";
import type { ExplorerCommands } from "./commands.ts";
import { type Chart, type Explorer, intervalOf } from "./explorer.ts";
import { INTERVAL_MS, isBearable, type Span } from "./interval.ts";
import { extentOf, figure } from "./series.ts";
import { SeriesChart } from "./series-chart.tsx";

const INTERVALS: readonly Interval[] = ["raw", ...(Object.keys(INTERVAL_MS) as Interval[])];
const AGGREGATES: readonly Aggregate[] = ["avg", "min", "max", "sum", "count", "first", "last"];
const SPANS = [
  { name: "Day", days: 1 },
  { name: "Week", days: 7 },
  { name: "Month", days: 31 },
  { name: "Year", days: 366 },
];

interface ChartProps {
  readonly explorer: Explorer;
  readonly commands: ExplorerCommands;
}

export function ChartPanel({ explorer, commands }: ChartProps) {
  const { point, span, chart, loading, refusal } = explorer;
  if (!point || !span) {
    return (
      <section aria-label="Chart">
        <p class="hint">{refusal ?? "Choose a point to draw it."}</p>
      </section>
    );
  }
  return (
    <section aria-labelledby="chart" aria-busy={loading === "samples"}>
      <h2 id="chart">{point}</h2>
      <Controls explorer={explorer} span={span} commands={commands} />
      <p class="refusal" role="alert">
        {refusal}
      </p>
      {chart && <Drawn chart={chart} onSpan={(zoomed) => commands.change({ type: "span", span: zoomed })} />}
      <p class="hint" role="status">
        {loading === "samples" ? "Reading …" : chart && costText(chart)}
      </p>
    </section>
  );
}

function Controls({ explorer, span, commands }: ChartProps & { span: Span }) {
  const to = (change: Partial<Span>) => {
    const next = { ...span, ...change };
    if (next.fromMs < next.toMs) void commands.change({ type: "span", span: next });
  };
  return (
    <div class="controls">
      <label>
        From
        <input
          type="date"
          required
          value={utcDayOf(span.fromMs)}
          onChange={(event) => {
            const day = parseUtcDay(event.currentTarget.value);
            if (day) to({ fromMs: dayStartMs(day) });
          }}
        />
      </label>
      <label>
        To
        <input
          type="date"
          required
          value={utcDayOf(span.toMs - 1)}
          onChange={(event) => {
            const day = parseUtcDay(event.currentTarget.value);
            if (day) to({ toMs: dayStartMs(day) + DAY_MS });
          }}
        />
      </label>
      <fieldset class="buttons">
        <legend>Up to the last day</legend>
        {SPANS.map(({ name, days }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            onClick={() => to({ fromMs: dayStartMs(utcDayOf(span.toMs - 1)) - (days - 1) * DAY_MS })}
          >
            {name}
          </button>
        ))}
      </fieldset>
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
  if (!extent) return <p>No samples in this range.</p>;
  const what = chart.interval === "raw" ? "samples" : `${chart.agg} by ${chart.interval}`;
  const label = `${chart.point}, ${what}: ${whole(extent.count)} values from ${figure(extent.min)} to ${figure(extent.max)}, mean ${figure(extent.mean)}`;
  return (
    <figure>
      <SeriesChart chart={chart} label={label} onSpan={onSpan} />
      <figcaption>
        {label}. Drag over a part to look closer.
        {chart.cut && " The range holds more: it is drawn up to its 200,000th row."}
        {chart.missingDays.length > 0 &&
          ` ${whole(chart.missingDays.length)} days of the range are not archived yet.`}
      </figcaption>
    </figure>
  );
}

function costText({ cost, series }: Chart): string {
  return `${whole(extentOf(series)?.count ?? 0)} values, ${bytes(cost.bytes_read)} read in ${whole(cost.r2_requests)} ${cost.r2_requests === 1 ? "request" : "requests"}, ${whole(cost.query_time_ms)} ms`;
}
