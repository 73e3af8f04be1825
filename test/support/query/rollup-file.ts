import { type BucketSeries, bucketsOf, summarize } from "../../../src/domain/buckets.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { RollupPeriod } from "../../../src/domain/rollup.ts";
import type { NamedSeries, Series } from "../../../src/domain/series.ts";
import {
  encodeRollupFooter,
  encodeRollupGroup,
  type RollupPoint,
} from "../../../src/parquet/rollup/rollup.ts";
import { encodeMonth, fileOf, groupsOf } from "../parquet/encode-rollup.ts";
import { SITE } from "./archive.ts";

export interface RollupFile {
  readonly bytes: Uint8Array;
  /** The points that have rows. */
  readonly points: readonly RollupPoint[];
  /** First and last name of each row group. */
  readonly groups: readonly (readonly [first: string, last: string])[];
}

export const hoursOf = (samples: Series): BucketSeries => summarize(samples, bucketsOf(3_600_000));

export interface RollupFileSpec {
  readonly days: readonly UtcDay[];
  readonly emptyDays?: readonly UtcDay[];
  readonly groupRows: number;
}

/** A roll-up as the site's object encodes it; points are in UTF-8 order, and a row group ends once it has `groupRows`. */
export function rollupFile(
  period: RollupPeriod,
  points: readonly RollupPoint[],
  { days, emptyDays = [], groupRows }: RollupFileSpec,
): RollupFile {
  const withRows = points.filter(({ hours }) => hours.ms.length > 0);
  const groups = groupsOf(withRows, groupRows);
  return {
    bytes: fileOf({ site: SITE, period, days, emptyDays }, groups, encodeRollupGroup),
    points: withRows,
    groups: groups.map((group) => [group[0]?.name ?? "", group.at(-1)?.name ?? ""]),
  };
}

/** A month of raw samples; points are in UTF-8 order, and one with more than `groupRows` samples has several row groups. */
export function monthFile(
  period: RollupPeriod,
  points: readonly NamedSeries[],
  { days, emptyDays = [], groupRows }: RollupFileSpec,
): Uint8Array {
  const withSamples = points.filter(({ ms }) => ms.length > 0);
  return encodeMonth({ site: SITE, period, days, emptyDays }, withSamples, groupRows);
}

let clears = 0;

/** An empty roll-up: it describes no day, and its etag is unlike any other's. */
export function clearedRollup(period: RollupPeriod): Uint8Array {
  clears += 1;
  return encodeRollupFooter([], { site: SITE, period, days: [], emptyDays: [], cleared: String(clears) });
}
