import type { EpochMs } from "../../domain/day.ts";
import type { Meter, Series } from "../source.ts";
import type { HotTables, SampleRow } from "./tables.ts";

/** Rows of one answer: under 1 MB of JSON, and 100 points of a sample a minute are eight answers a day. */
export const PAGE_ROWS = 20_000;

/**
 * Gives `take` the samples in [fromMs, toMs) of points by their ids, as columns, page after page: each point's in order of
 * time.
 */
export async function readPoints(
  tables: HotTables,
  points: Iterable<number>,
  fromMs: EpochMs,
  toMs: EpochMs,
  meter: Meter,
  take: (point: number, part: Series) => void,
  pageRows = PAGE_ROWS,
): Promise<void> {
  const asks = [{ points: [...points].sort((a, b) => a - b), fromMs }];
  for (let ask = asks.pop(); ask; ask = asks.pop()) {
    if (ask.points.length === 0) continue;
    const page = await tables.samples(ask.points, ask.fromMs, toMs, pageRows, meter);
    takeColumns(page, take);
    const last = page.at(-1);
    if (!last || page.length < pageRows) continue;
    // The point that filled the page may have more; those behind it have not been looked at.
    asks.push({ points: ask.points.filter((point) => point > last.point), fromMs });
    asks.push({ points: [last.point], fromMs: last.ms + 1 });
  }
}

/** Rows of a point stand side by side, in order of time. */
function takeColumns(rows: readonly SampleRow[], take: (point: number, part: Series) => void): void {
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const point = rows[start]?.point as number;
    while (rows[end]?.point === point) end += 1;
    const own = rows.slice(start, end);
    take(point, {
      ms: Float64Array.from(own, (row) => row.ms),
      value: Float64Array.from(own, (row) => row.value),
    });
  }
}
