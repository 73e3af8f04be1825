import type { AsyncBuffer } from "hyparquet";
import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../bytes.ts";
import { type ColumnRanges, decodeColumn, type GroupBytes } from "./columns.ts";
import { rowGroups } from "./row-groups.ts";
import { FileUnreadable } from "./unreadable.ts";

/** What the rows of a file say, independent of its footer. */
export interface Recount {
  readonly rows: number;
  readonly points: number;
  readonly firstTimestampMs: EpochMs | undefined;
  readonly lastTimestampMs: EpochMs | undefined;
  /** Strictly ascending by (point_name in UTF-8 bytes, timestamp), so that no pair is there twice. */
  readonly sorted: boolean;
  /** Every row has the expected site. */
  readonly siteMatches: boolean;
}

/**
 * Decodes and counts every row of a file. Yields the counts so far after each row group, so that the caller can
 * pause or report, and returns the final counts. Throws as `rowGroups` does.
 */
export async function* recount(file: AsyncBuffer, site: string): AsyncGenerator<Recount, Recount> {
  const counter = new RowCounter(site);
  for await (const group of rowGroups(file)) {
    counter.count(group);
    yield counter.counted;
  }
  return counter.counted;
}

/** Counts rows, which must be given in the order of the file. */
class RowCounter {
  counted: Recount = {
    rows: 0,
    points: 0,
    firstTimestampMs: undefined,
    lastTimestampMs: undefined,
    sorted: true,
    siteMatches: true,
  };
  readonly #site: Uint8Array;
  #point: Uint8Array = new Uint8Array();
  #timestamp = Number.NEGATIVE_INFINITY;

  constructor(site: string) {
    this.#site = new TextEncoder().encode(site);
  }

  count(group: GroupBytes<ColumnRanges>): void {
    const timestamp = decodeColumn(group, "timestamp");
    const pointName = decodeColumn(group, "pointName");
    const value = decodeColumn(group, "value");
    const siteName = decodeColumn(group, "siteName");
    let { points, firstTimestampMs, lastTimestampMs, sorted, siteMatches } = this.counted;
    let site: unknown;
    for (let row = 0; row < group.rows; row++) {
      const stored = timestamp[row];
      const name = pointName[row];
      if (typeof stored !== "bigint" || !(name instanceof Uint8Array) || !Number.isFinite(value[row])) {
        throw new FileUnreadable(`row ${this.counted.rows + row} has a value of another type, or none`);
      }
      const ms = Number(stored);
      const order = points === 0 ? 1 : name === this.#point ? 0 : compareBytes(name, this.#point);
      if (order !== 0) points++;
      if (order < 0 || (order === 0 && ms <= this.#timestamp)) sorted = false;
      this.#point = name;
      this.#timestamp = ms;
      if (firstTimestampMs === undefined || ms < firstTimestampMs) firstTimestampMs = ms;
      if (lastTimestampMs === undefined || ms > lastTimestampMs) lastTimestampMs = ms;
      // Rows of a page share one array for a repeated name, so that most comparisons are of references.
      if (siteName[row] !== site) {
        site = siteName[row];
        if (!(site instanceof Uint8Array) || compareBytes(site, this.#site) !== 0) siteMatches = false;
      }
    }
    const rows = this.counted.rows + group.rows;
    this.counted = { rows, points, firstTimestampMs, lastTimestampMs, sorted, siteMatches };
  }
}
