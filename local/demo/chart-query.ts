import { namedPoints, type QueryClient } from "../../client/client.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { chartInterval, chartLines, costLine, counted } from "../../terminal/terminal.ts";
import { everyRow, type OpenedObjects, quoted } from "./object-contents.ts";
import type { DayRange } from "./run-backfill.ts";

/** A point and a range to draw. */
export interface ChartRequest {
  readonly site: string;
  readonly point: string;
  readonly range: DayRange;
}

const COLUMNS_MAX = 72;
const ROWS = 8;

/**
 * Queries the averages of a point from the Query Worker, prints their chart, and compares them with DuckDB's averages of
 * the same files. Returns the differences, as lines.
 */
export async function chartQuery(
  query: QueryClient,
  { site, point, range }: ChartRequest,
  opened: OpenedObjects,
  print: (line: string) => void,
): Promise<string[]> {
  const fromMs = dayStartMs(range.from as UtcDay);
  const toMs = dayStartMs(range.to as UtcDay) + DAY_MS;
  const { interval, widthMs } = chartInterval(toMs - fromMs, COLUMNS_MAX);
  print(`\nGET /timeseries/query  ${point}, ${interval} averages from the Query Worker:\n`);
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
  if (dots.length === 0) return [`${point}: the Query Worker has no samples`];
  for (const line of chartLines(dots, { fromMs, toMs, columns: COLUMNS_MAX, rows: ROWS })) print(`  ${line}`);
  print(`\n  ${counted(metadata.total_samples, "average")} ${costLine(metadata)}`);
  const wrong = await averagesThatDiffer(dots, point, { fromMs, toMs, widthMs }, opened);
  return wrong === 0 ? [] : [`${point}: ${counted(wrong, "average")} not as DuckDB's`];
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
  const expected = new Map(reader.getRowObjects().map(({ ms, value }) => [Number(ms), Number(value)]));
  const differ = dots.filter(({ ms, value }) => !near(value, expected.get(ms)));
  return differ.length + Math.abs(expected.size - dots.length);
}

/** Sums of the same numbers in another order differ slightly. */
const near = (actual: number, expected: number | undefined) =>
  expected !== undefined && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
