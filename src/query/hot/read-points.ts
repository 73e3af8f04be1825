import type { EpochMs } from "../../domain/day.ts";
import type { Meter } from "../cost.ts";
import type { Series } from "../day-series.ts";
import type { HotTables, SampleRow } from "./hot-tables.ts";

/** Rows of one statement: under 1 MB of JSON, and 100 points of a sample a minute are eight statements a day. */
export const PAGE_ROWS = 20_000;

/**
 * Reads the samples of points in [fromMs, toMs), page after page. Passes them to `add` as columns, each point's in order
 * of time.
 */
export async function readPoints(
  tables: HotTables,
  points: Iterable<number>,
  fromMs: EpochMs,
  toMs: EpochMs,
  meter: Meter,
  add: (point: number, part: Series) => void,
  pageRows = PAGE_ROWS,
): Promise<void> {
  const pending = [{ points: [...points].sort((a, b) => a - b), fromMs }];
  for (let part = pending.pop(); part; part = pending.pop()) {
    if (part.points.length === 0) continue;
    const page = await tables.samples(part.points, part.fromMs, toMs, pageRows, meter);
    addColumns(page, add);
    const last = page.at(-1);
    if (!last || page.length < pageRows) continue;
    // The point that filled the page may have more samples; the points after it have not been read yet.
    pending.push({ points: part.points.filter((point) => point > last.point), fromMs });
    pending.push({ points: [last.point], fromMs: last.ms + 1 });
  }
}

/** Rows of a point are consecutive, in order of time. */
function addColumns(rows: readonly SampleRow[], add: (point: number, part: Series) => void): void {
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const point = rows[start]?.point as number;
    while (rows[end]?.point === point) end += 1;
    const own = rows.slice(start, end);
    add(point, {
      ms: Float64Array.from(own, (row) => row.ms),
      value: Float64Array.from(own, (row) => row.value),
    });
  }
}
