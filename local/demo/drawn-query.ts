import { namedPoints, type QueryClient } from "../../client/client.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { chartInterval, chartLines, costLine, formatCount } from "../../terminal/terminal.ts";
import { everyRow, type OpenedObjects, quoted } from "./object-facts.ts";
import type { DayRange } from "./run-backfill.ts";

/** The point that is drawn, and when. */
export interface Drawn {
  readonly site: string;
  readonly point: string;
  readonly range: DayRange;
}

const COLUMNS_MAX = 72;
const ROWS = 8;

/**
 * Asks the Query Worker for the point's averages over the range, draws them through `say`, and gives what is wrong with
 * them: DuckDB averages the same files.
 */
export async function drawQuery(
  query: QueryClient,
  { site, point, range }: Drawn,
  opened: OpenedObjects,
  say: (line: string) => void,
): Promise<string[]> {
  const fromMs = dayStartMs(range.from as UtcDay);
  const toMs = dayStartMs(range.to as UtcDay) + DAY_MS;
  const { interval, widthMs } = chartInterval(toMs - fromMs, COLUMNS_MAX);
  say(`\nGET /timeseries/query  ${point}, ${interval} averages, by the Query Worker:\n`);
  const { samples, metadata } = await query.samples([
    ["site_name", site],
    ...namedPoints([point]),
    ["start_time", new Date(fromMs).toISOString()],
    ["end_time", new Date(toMs).toISOString()],
    ["interval", interval],
  ]);
  const dots = samples.flatMap(({ timestamp, value }) =>
    value === null ? [] : [{ ms: Date.parse(timestamp), value }],
  );
  if (dots.length === 0) return [`${point}: the Query Worker has no sample of it`];
  for (const line of chartLines(dots, { fromMs, toMs, columns: COLUMNS_MAX, rows: ROWS })) say(`  ${line}`);
  say(`\n  ${formatCount(metadata.total_samples)} averages ${costLine(metadata)}`);
  const wrong = await averagesThatDiffer(dots, point, { fromMs, toMs, widthMs }, opened);
  return wrong === 0 ? [] : [`${point}: ${wrong} averages differ from DuckDB's`];
}

async function averagesThatDiffer(
  dots: readonly { ms: number; value: number }[],
  point: string,
  { fromMs, toMs, widthMs }: { fromMs: number; toMs: number; widthMs: number },
  opened: OpenedObjects,
): Promise<number> {
  const reader = await opened.duckdb.runAndReadAll(`
    SELECT epoch_ms(timestamp) // ${widthMs} * ${widthMs} AS ms, avg(value) AS value FROM ${everyRow(opened)}
    WHERE point_name = ${quoted(point)} AND epoch_ms(timestamp) >= ${fromMs} AND epoch_ms(timestamp) < ${toMs}
    GROUP BY 1`);
  const theirs = new Map(reader.getRowObjects().map(({ ms, value }) => [Number(ms), Number(value)]));
  const differ = dots.filter(({ ms, value }) => !near(value, theirs.get(ms)));
  return differ.length + Math.abs(theirs.size - dots.length);
}

/** Two sums of the same numbers, added in another order. */
const near = (ours: number, theirs: number | undefined) =>
  theirs !== undefined && Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs));
