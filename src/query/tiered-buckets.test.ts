import { expect, test } from "vitest";
import { FIRST_DAY_MS, FixtureSource, SITE } from "../../test/support/query/source.ts";
import { DAY_MS, dayStartMs, utcDayOf } from "../domain/day.ts";
import type { BucketInterval } from "../domain/interval.ts";
import { newMeter } from "./cost.ts";
import type { FoundPeriod } from "./fill-gaps.ts";
import type { BucketQuery, DayBuckets } from "./source.ts";
import { TieredBuckets } from "./tiered-buckets.ts";

const HOUR_MS = 3_600_000;
const DAYS = 5;
const dayAt = (nth: number) => utcDayOf(FIRST_DAY_MS + nth * DAY_MS);

/** The days of a query by the days that roll-ups describe, and the ranges that are queried of samples. */
async function answered(
  held: readonly number[],
  interval: BucketInterval,
  { fromMs = 0, toMs = DAYS * DAY_MS, nowDay = 30 } = {},
) {
  const samples = new FixtureSource({ samples: new Map(), missing: new Set() });
  const asked: number[] = [];
  const hours = {
    async *periods({ toMs }: BucketQuery): AsyncGenerator<FoundPeriod<DayBuckets>> {
      asked.push((toMs - FIRST_DAY_MS) / DAY_MS);
      const [first] = held;
      if (first === undefined) return;
      const found = { state: "present", tiers: ["rollup"], buckets: [] } as const;
      yield { first: dayAt(first), days: async () => held.map((nth) => ({ day: dayAt(nth), ...found })) };
    },
  };
  const clock = { now: () => FIRST_DAY_MS + nowDay * DAY_MS };
  const buckets = new TieredBuckets({ samples, hours, clock, hotDays: 20 });
  const range = { fromMs: FIRST_DAY_MS + fromMs, toMs: FIRST_DAY_MS + toMs };
  const query = { site: SITE, points: ["p"], interval, fields: ["count"] as const, ...range };
  const days: string[] = [];
  for await (const { day, tiers } of buckets.days(query, newMeter())) {
    days.push(`${(dayStartMs(day) - FIRST_DAY_MS) / DAY_MS} ${tiers}`);
  }
  const ranges = samples.queries.map((each) =>
    [each.fromMs, each.toMs].map((ms) => (ms - FIRST_DAY_MS) / DAY_MS),
  );
  return { days, ranges, asked };
}

test("days that roll-ups lack come from samples, consecutive ones as one query", async () => {
  expect(await answered([2], HOUR_MS)).toEqual({
    days: ["0 cold", "1 cold", "2 rollup", "3 cold", "4 cold"],
    ranges: [
      [0, 2],
      [3, 5],
    ],
    asked: [DAYS],
  });
  expect((await answered([], DAY_MS)).ranges).toEqual([[0, 5]]);
  expect((await answered([0, 1, 2, 3, 4], "week")).ranges).toEqual([]);
});

test("a range that begins or ends inside of days keeps its ends", async () => {
  const cut = { fromMs: DAY_MS / 4, toMs: 4.5 * DAY_MS };
  const { days, ranges } = await answered([1, 3], "month", cut);
  expect(days).toEqual(["0 cold", "1 rollup", "2 cold", "3 rollup", "4 cold"]);
  expect(ranges).toEqual([
    [0.25, 1],
    [2, 3],
    [4, 4.5],
  ]);
  expect((await answered([0, 4], HOUR_MS, cut)).ranges).toEqual([[1, 4]]);
});

test("roll-ups are asked for days before the boundary alone", async () => {
  const { asked, ranges } = await answered([0, 1], HOUR_MS, { nowDay: 22.5 });
  expect(asked).toEqual([2]);
  expect(ranges).toEqual([[2, 5]]);
});

test("intervals without whole hours come from samples alone", async () => {
  for (const interval of [60_000, 1_800_000, 5_400_000]) {
    expect(await answered([0, 1, 2], interval)).toMatchObject({ ranges: [[0, 5]], asked: [] });
  }
});
