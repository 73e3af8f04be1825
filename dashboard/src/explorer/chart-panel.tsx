import type { Aggregate } from "../../../src/contract/query.ts";
import { daysBetween, utcDayOf } from "../../../src/domain/day.ts";
import { bytes, counted, instant, integer } from "../formatting.ts";
import type { ExplorerCommands } from "./explorer-commands.ts";
import { type Chart, type ExplorerState, intervalOf } from "./explorer-state.ts";
import { SimilarNames } from "./point-list.tsx";
import { withUnits } from "./point-meaning.ts";
import { roundedValue, summaryOf } from "./series.ts";
import { SeriesChart } from "./series-chart.tsx";
import { AGGREGATES, INTERVALS, isAllowed, lastDayOf, type Span } from "./span.ts";
import { SpanControls } from "./span-controls.tsx";

interface ChartPanelProps {
  readonly explorer: ExplorerState;
  readonly commands: Pick<ExplorerCommands, "choose" | "moveSpan">;
}

/** The samples of the chosen point, with the controls of range, interval and aggregate. */
export function ChartPanel({ explorer, commands }: ChartPanelProps) {
  const { site, point, span, chart, names, meanings, loadingSamples, error } = explorer;
  const description = point && meanings.get(point)?.description;
  return (
    <section aria-label="Chart" aria-busy={loadingSamples}>
      {point && span ? (
        <>
          <h2>
            {point} <small>{site}</small>
          </h2>
          {description && <p class="hint">{description}</p>}
          <Controls explorer={explorer} span={span} commands={commands} />
        </>
      ) : (
        <p class="hint">Choose a point to see its samples.</p>
      )}
      <p class="error" role="alert">
        {error}
      </p>
      {chart &&
        (summaryOf(chart.series) ? (
          <Drawing
            chart={chart}
            // A count of samples has not the units of the samples.
            units={isCount(chart) ? undefined : meanings.get(chart.point)?.units}
            onSpan={(zoomed) => commands.choose({ type: "span", span: zoomed })}
          />
        ) : (
          <NoSamples
            chart={chart}
            names={names ?? []}
            onPoint={(name) => void commands.choose({ type: "point", point: name })}
          />
        ))}
      <p class="hint" role="status">
        {loadingSamples ? "Loading …" : chart && costText(chart)}
      </p>
    </section>
  );
}

function Controls({ explorer, span, commands }: ChartPanelProps & { span: Span }) {
  return (
    <div class="controls">
      <SpanControls span={span} onMove={(move) => void commands.moveSpan(move)} />
      <label>
        Interval
        <select
          value={explorer.intervalChoice}
          onChange={({ currentTarget }) => {
            const choice = currentTarget.value as ExplorerState["intervalChoice"];
            void commands.choose({ type: "interval", choice });
          }}
        >
          <option value="auto">{`Auto (${intervalOf({ ...explorer, intervalChoice: "auto" })})`}</option>
          {INTERVALS.filter((interval) => isAllowed(interval, span)).map((interval) => (
            <option key={interval} value={interval}>
              {interval}
            </option>
          ))}
        </select>
      </label>
      <label>
        Aggregate
        <select
          value={explorer.agg}
          disabled={intervalOf(explorer) === "raw"}
          onChange={({ currentTarget }) =>
            void commands.choose({ type: "agg", agg: currentTarget.value as Aggregate })
          }
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

interface NoSamplesProps {
  readonly chart: Chart;
  readonly names: readonly string[];
  onPoint(name: string): void;
}

function NoSamples({ chart, names, onPoint }: NoSamplesProps) {
  const [from, to] = [chart.span.fromMs, chart.span.toMs].map((ms) => instant(new Date(ms).toISOString()));
  return (
    <>
      <p>
        {isAllMissing(chart)
          ? `No day from ${from} to ${to} is archived, so it is not known whether ${chart.point} has samples.`
          : `${chart.point} has no samples from ${from} to ${to}.${missingText(chart)}`}
      </p>
      <SimilarNames name={chart.point} names={names} onPoint={onPoint} />
    </>
  );
}

interface DrawingProps {
  readonly chart: Chart;
  readonly units: string | undefined;
  onSpan(span: Span): void;
}

function Drawing({ chart, units, onSpan }: DrawingProps) {
  const label = labelOf(chart, units);
  return (
    <figure>
      <SeriesChart chart={chart} units={units} label={label} onSpan={onSpan} />
      <figcaption>
        {label}. <span class="with-mouse">Drag over the chart to zoom in.</span>
        <span class="with-touch">Use “Zoom in” and the dates above to change the range.</span>
        {chart.truncated && " The range has more rows: only the first 200,000 are drawn."}
        {missingText(chart)}
      </figcaption>
    </figure>
  );
}

/** The chart in words. */
function labelOf({ point, interval, agg, series }: Chart, units: string | undefined): string {
  const summary = summaryOf(series);
  if (!summary) return point;
  const what = interval === "raw" ? "samples" : `${agg} by ${interval}`;
  const [min, max, mean] = [summary.min, summary.max, summary.mean].map(roundedValue);
  return `${point}, ${what}: ${counted(summary.count, "value")} from ${min} to ${withUnits(`${max}`, units)}, mean ${mean}`;
}

const isCount = ({ interval, agg }: Chart) => interval !== "raw" && agg === "count";

/** Whether no day of the range is archived. */
function isAllMissing({ missingDays, span }: Chart): boolean {
  return missingDays.length === daysBetween(utcDayOf(span.fromMs), lastDayOf(span)) + 1;
}

function missingText({ missingDays }: Chart): string {
  if (missingDays.length === 0) return "";
  const verb = missingDays.length === 1 ? "is" : "are";
  return ` ${counted(missingDays.length, "day")} of the range ${verb} not archived: their samples are not known.`;
}

function costText({ cost, series }: Chart): string {
  const values = counted(summaryOf(series)?.count ?? 0, "value");
  const requests = counted(cost.r2_requests, "request");
  return `${values}, ${bytes(cost.bytes_read)} read in ${requests}, ${integer(cost.query_time_ms)} ms`;
}
