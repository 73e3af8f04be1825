import fc from "fast-check";
import { type BucketSeries, bucketsOf, mergeBuckets, summarize } from "../../src/domain/buckets.ts";
import { dayStartMs, type UtcDay, utcDayOf } from "../../src/domain/day.ts";
import { type ObjectKey, objectKey } from "../../src/domain/layout.ts";
import { periodOf, type RollupPeriod, resolutionOf, rollupKey } from "../../src/domain/rollup.ts";
import { joinSeries, type Series } from "../../src/domain/series.ts";
import { dayFile, SITE } from "../support/query/archive.ts";
import type { MemoryArchive } from "../support/query/memory-archive.ts";
import { clearedRollup, monthFile, type RollupFileSpec, rollupFile } from "../support/query/rollup-file.ts";
import { seriesOf } from "../support/query/source.ts";
import { type ArchivedDay, DAYS, dayAt, NAMES } from "./archives.ts";

/** The periods of the archive's days: quarters by the hour, and months of raw samples. */
export const QUARTERS = ["2024-Q3", "2024-Q4"] as RollupPeriod[];
export const MONTHS = ["2024-09", "2024-10"] as RollupPeriod[];
export const PERIODS: readonly RollupPeriod[] = [...QUARTERS, ...MONTHS];
export const daysOfPeriod = (period: RollupPeriod): number[] =>
  Array.from({ length: DAYS }, (_, nth) => nth).filter(
    (nth) => periodOf(dayAt(nth), resolutionOf(period)) === period,
  );
export const keyOf = (period: RollupPeriod): ObjectKey => rollupKey(SITE, period);

/** Points of an hour and day whose sum exceeds the doubles: readers of sums use the day's file. */
export interface InfiniteSum {
  readonly point: string;
  readonly day: UtcDay;
}

export interface TestRollup {
  readonly period: RollupPeriod;
  readonly bytes: Uint8Array;
  /** The days that it describes. */
  readonly days: ReadonlySet<UtcDay>;
  readonly hasRows: ReadonlySet<UtcDay>;
  readonly infinite: readonly InfiniteSum[];
  /** First and last name of each row group. */
  readonly groups: readonly (readonly [first: string, last: string])[];
}

/** A roll-up as the shared encoder writes it, of some days of the archive; days without an object are left out. */
export function rollupOf(
  period: RollupPeriod,
  archive: readonly ArchivedDay[],
  nths: readonly number[],
  groupRows: number,
): TestRollup {
  const archived = nths.filter((nth) => archive[nth]?.samples);
  const parts = NAMES.map((): Series[] => []);
  for (const nth of archived) {
    const { samples = [] } = archive[nth] as ArchivedDay;
    for (const [point, series] of seriesOfDay(nth, samples)) parts[point]?.push(series);
  }
  const hasRows = archived.filter((nth) => (archive[nth]?.samples?.length ?? 0) > 0).map(dayAt);
  const emptyDays = archived.map(dayAt).filter((day) => !hasRows.includes(day));
  const described = { period, days: new Set(archived.map(dayAt)), hasRows: new Set(hasRows) };
  const spec = { days: hasRows, emptyDays, groupRows };
  return {
    ...described,
    ...(resolutionOf(period) === "raw" ? monthOf(period, parts, spec) : quarterOf(period, parts, spec)),
  };
}

type TestFile = Pick<TestRollup, "bytes" | "groups" | "infinite">;

function quarterOf(
  period: RollupPeriod,
  parts: readonly (readonly Series[])[],
  spec: RollupFileSpec,
): TestFile {
  const points = NAMES.map((name, point) => {
    const hours = (parts[point] ?? []).map((series): BucketSeries => summarize(series, HOURS));
    return { name, hours: mergeBuckets(hours, HOURS) };
  });
  const file = rollupFile(period, points, spec);
  return {
    bytes: file.bytes,
    groups: file.groups,
    infinite: file.points.flatMap(({ name, hours: { ms, sum } }) =>
      [...sum].flatMap((total, row) =>
        Number.isFinite(total) ? [] : [{ point: name, day: utcDayOf(ms[row] as number) }],
      ),
    ),
  };
}

function monthOf(
  period: RollupPeriod,
  parts: readonly (readonly Series[])[],
  spec: RollupFileSpec,
): TestFile {
  const points = NAMES.map((name, point) => ({ name, ...joinSeries(parts[point] ?? []) }));
  const groups = points.flatMap(({ name, ms }) =>
    Array.from({ length: Math.ceil(ms.length / spec.groupRows) }, () => [name, name] as const),
  );
  return { bytes: monthFile(period, points, spec), groups, infinite: [] };
}

const HOURS = bucketsOf(3_600_000);

/** The rows of the day's file by point. */
function seriesOfDay(nth: number, samples: NonNullable<ArchivedDay["samples"]>): [number, Series][] {
  const { rows } = dayFile(dayAt(nth), NAMES, samples, 1_000);
  return [...Map.groupBy(rows, ({ point }) => point)].map(([point, own]) => [
    point,
    seriesOf(own.map(({ timestampMs, value }) => [timestampMs, value] as const)),
  ]);
}

/** What the archive has of a period's roll-up. */
export type RollupPlan =
  | { readonly kind: "absent" | "cleared" }
  | { readonly kind: "made"; readonly of: readonly number[]; readonly groupRows: number };

/** A plan for each period. */
export const anyRollups: fc.Arbitrary<readonly RollupPlan[]> = fc.tuple(
  ...PERIODS.map((period) =>
    fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom<RollupPlan>({ kind: "absent" }, { kind: "cleared" }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant("made" as const),
          of: fc.oneof(fc.constant(daysOfPeriod(period)), fc.subarray(daysOfPeriod(period))),
          groupRows: fc.constantFrom(1, 3, 20, 5_000),
        }),
      },
    ),
  ),
);

/** Places the roll-ups of the plans in the bucket; returns those that have days. */
export function placeRollups(
  bucket: MemoryArchive,
  archive: readonly ArchivedDay[],
  plans: readonly RollupPlan[],
): TestRollup[] {
  return plans.flatMap((plan, at) => {
    const period = PERIODS[at] as RollupPeriod;
    switch (plan.kind) {
      case "absent":
        return [];
      case "cleared":
        bucket.place(keyOf(period), clearedRollup(period));
        return [];
      case "made": {
        const rollup = rollupOf(period, archive, plan.of, plan.groupRows);
        bucket.place(keyOf(period), rollup.bytes);
        return [rollup];
      }
      default:
        return plan satisfies never;
    }
  });
}

export const dayKeyOf = (nth: number): ObjectKey => objectKey(SITE, dayAt(nth));
export const startOf = (nth: number): number => dayStartMs(dayAt(nth));
