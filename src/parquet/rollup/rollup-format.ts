import { BUCKET_FIELDS, type BucketField, type BucketSeries } from "../../domain/buckets.ts";
import type { UtcDay } from "../../domain/day.ts";
import { dayRuns, type Resolution, type RollupPeriod } from "../../domain/rollup.ts";
import { COLUMNS, type ColumnSchema, numberColumn, textColumn, timestampColumn } from "../file-format.ts";

/** The semantic version of the bytes of roll-ups, as that of day files is. */
export const ROLLUP_VERSION = "1.1.0";

/**
 * Hours from which on a row group ends, with the point that it has reached: a point is whole in one row group. A quarter of
 * a point has at most 2,208 rows, so that a row group has three points, of some 100 KB. Smaller ones make files larger, and
 * larger ones more bytes to read for a point (`npm run bench:query`).
 */
export const ROLLUP_GROUP_ROWS = 5_000;

/**
 * Samples of a row group of a month, which has one point: a point of the reference site has 25,000. A point with more has
 * several row groups, so that a reader needs the memory of one.
 */
export const SAMPLE_GROUP_ROWS = 50_000;

/** One point of a roll-up, by the hour. */
export interface RollupPoint {
  readonly name: string;
  readonly hours: BucketSeries;
}

/** What a roll-up says of itself. Days are of the period, and ascend. */
export interface RollupSpec {
  readonly site: string;
  readonly period: RollupPeriod;
  /** Days that the roll-up describes, and that have rows. */
  readonly days: readonly UtcDay[];
  /** Days that the roll-up describes, and that have no rows. */
  readonly emptyDays: readonly UtcDay[];
  /** Of a cleared roll-up: a text that no other has, so that its etag is unlike any other's. */
  readonly cleared?: string | undefined;
}

/** The columns of hours in their order, all required. */
export const HOUR_COLUMNS = [
  timestampColumn("timestamp"),
  textColumn("point_name"),
  ...BUCKET_FIELDS.map((field) => numberColumn(field, field === "count" ? "INT64" : "DOUBLE")),
  textColumn("site_name"),
] as const satisfies readonly ColumnSchema[];

/** The columns by the names that code uses, in the same order. */
export const HOUR_KEYS = ["timestamp", "pointName", ...BUCKET_FIELDS, "siteName"] as const;
export type HourColumn = "timestamp" | "pointName" | BucketField | "siteName";

/** The columns of raw samples, which are those of a day, by the names that code uses. */
export const SAMPLE_KEYS = ["timestamp", "pointName", "value", "siteName"] as const;

/** The columns of each resolution, all required. */
export const COLUMNS_OF: Readonly<Record<Resolution, readonly ColumnSchema[]>> = {
  "1hr": HOUR_COLUMNS,
  raw: COLUMNS,
};

/** The key-values, in order. The first and the last show a reader where they begin (`key-values.ts`). */
export const FIRST_KEY = "site_name";
export const LAST_KEY = "index_bytes";
export const LAST_VALUE_DIGITS = 8;

export function rollupKeyValues({ site, period, days, emptyDays, cleared }: RollupSpec, index: string) {
  return [
    { key: FIRST_KEY, value: site },
    { key: "period", value: period },
    { key: "format_version", value: ROLLUP_VERSION },
    { key: "days", value: dayRuns(days) },
    { key: "empty_days", value: dayRuns(emptyDays) },
    ...(cleared === undefined ? [] : [{ key: "cleared", value: cleared }]),
    { key: "row_group_index", value: index },
    { key: LAST_KEY, value: "0".repeat(LAST_VALUE_DIGITS) },
  ];
}
