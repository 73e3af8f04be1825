import { BUCKET_FIELDS } from "../../domain/buckets.ts";
import { decodeRollupGroup, HOUR_KEYS, type HourColumn } from "../../parquet/rollup/rollup.ts";
import type { PointBuckets } from "../point-buckets.ts";
import { type BucketQuery, type DayBuckets, dayBuckets } from "../source.ts";
import { daysOfHours, daysWithInfiniteSums, hoursWithin, NO_BUCKETS, wholeHours } from "./period-days.ts";
import {
  type NeededPart,
  type PeriodDays,
  type PeriodQuery,
  type RollupContent,
  spanOf,
} from "./rollup-content.ts";
import { END_BYTES_DEFAULT, QUARTERS_AHEAD_MAX } from "./rollup-limits.ts";

const HOURS_A_DAY = 24;
/** Of all columns, also those that are not needed and may be empty. */
const COLUMNS = 1 + BUCKET_FIELDS.length;

/**
 * Quarters by the hour, for intervals of whole hours. A day of which the range has a part of an hour is left out: its own file
 * has to be read anyway, and has all of its hours in one version.
 */
export const HOURS: RollupContent<BucketQuery, DayBuckets> = {
  resolution: "1hr",
  daysMin: 1,
  periodsAheadMax: QUARTERS_AHEAD_MAX,
  // Hours are few: 100 points take 14 MB.
  bytesMax: Number.POSITIVE_INFINITY,
  endBytes: END_BYTES_DEFAULT["1hr"],

  rangeOf: ({ fromMs, toMs }) => wholeHours(fromMs, toMs),

  columnsOf({ fields }, index, group) {
    const chunks = index.chunks(group, HOUR_KEYS);
    const columns: readonly HourColumn[] = ["timestamp", "pointName", ...fields];
    return spanOf(columns.map((column) => chunks[column]));
  },

  /** Hours, and the buckets that are made of them. */
  decodedBytes: ({ names, query: { fields } }, { held }) =>
    2 * 8 * names.length * held.length * HOURS_A_DAY * (1 + fields.length),

  gather: hoursOf,

  bytesOf: ({ buckets }) => buckets.reduce((bytes, { ms }) => bytes + ms.byteLength * COLUMNS, 0),
};

function hoursOf(
  { names, query }: PeriodQuery<BucketQuery>,
  { index, held }: NeededPart,
): PeriodDays<DayBuckets> {
  const { fields, fromMs, toMs } = query;
  const points = names.map(() => NO_BUCKETS);
  return {
    add({ group, names: here }, bytesAt) {
      const bytes = { rows: index.rows(group), chunks: index.chunks(group, HOUR_KEYS), bytesAt };
      const found = decodeRollupGroup(
        bytes,
        here.map((at) => names[at] as Uint8Array),
        fields,
      );
      for (const [i, at] of here.entries()) points[at] = hoursWithin(found[i] as PointBuckets, fromMs, toMs);
    },
    take() {
      const infinite = daysWithInfiniteSums(points);
      const days = held.filter((day) => !infinite.has(day));
      return daysOfHours(index, days, points, dayBuckets(query));
    },
  };
}
