/** What roll-ups of a resolution have for a query, and how days are made of it. */
import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import type { Resolution } from "../../domain/rollup.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import type { ByteRange } from "../../parquet/read/read.ts";
import type { RollupIndex } from "../../parquet/rollup/rollup.ts";
import type { SampleQuery } from "../source.ts";

/** The part of a query that is about one period. */
export interface PeriodQuery<Query extends SampleQuery> {
  /** Its range is what the resolution can answer of it. */
  readonly query: Query;
  readonly key: ObjectKey;
  /** Of the period, in order. */
  readonly days: readonly UtcDay[];
  /** The points in UTF-8. */
  readonly names: readonly Uint8Array[];
}

export interface WantedGroup {
  readonly group: number;
  /** Indexes among the names of the query. */
  readonly names: readonly number[];
  /** From the first to the last of the columns that the query needs. */
  readonly range: ByteRange;
}

/** What a query needs of a roll-up. */
export interface NeededPart {
  readonly index: RollupIndex;
  /** The days of the query that the roll-up describes. */
  readonly held: readonly UtcDay[];
  /** In the order of the file. */
  readonly wanted: readonly WantedGroup[];
}

/** Gathers the days of a period as row groups are read, in any order. */
export interface PeriodDays<Day> {
  /** Decodes a row group. Throws `FileUnreadable`. */
  add(wanted: WantedGroup, bytesAt: (offset: number, length: number) => Uint8Array): void;
  /** The held days, in order, or those of them that the roll-up can answer. Throws `FileUnreadable`. */
  take(): Day[];
}

/** A resolution as a source of days. */
export interface RollupContent<Query extends SampleQuery, Day> {
  readonly resolution: Resolution;
  /** A roll-up is used where the query has at least so many days of its period. */
  readonly daysMin: number;
  readonly periodsAheadMax: number;
  /** Memory of a period while it is read; the days of one that takes more come from their files. */
  readonly bytesMax: number;
  /** Bytes of a roll-up's end that are read first, for a site without a known one. */
  readonly endBytes: number;
  /** The part of the query's range that can be answered. A day that has another part in the range is left out. */
  rangeOf(query: Query): TimeSpan;
  columnsOf(query: Query, index: RollupIndex, group: number): ByteRange;
  /** Memory of what is decoded, at most. */
  decodedBytes(period: PeriodQuery<Query>, needed: NeededPart): number;
  gather(period: PeriodQuery<Query>, needed: NeededPart): PeriodDays<Day>;
  /** Memory of a day. */
  bytesOf(day: Day): number;
}

/** One range from the first to the last of some columns, which follow each other in a row group. */
export function spanOf(chunks: readonly ByteRange[]): ByteRange {
  const offset = Math.min(...chunks.map((chunk) => chunk.offset));
  return { offset, length: Math.max(...chunks.map((chunk) => chunk.offset + chunk.length)) - offset };
}
