import { expect, test } from "vitest";
import { DAY_MS, type UtcDay } from "../../../domain/day.ts";
import { daysOfPeriod, type RollupPeriod } from "../../../domain/rollup.ts";
import type { ObjectVersion } from "../ledger/ledger.ts";
import { lackingDays, nextRollup, type PeriodFacts } from "./next-rollup.ts";
import { namedEtag, type Rollup } from "./rollup-table.ts";

const NOW = Date.parse("2025-01-01T00:00:00Z");
const PERIOD = "2024-Q1" as RollupPeriod;
const etagOf = (date: string) => `etag of ${date.replaceAll("-", "")} 0123456789`;
const objects = (days: readonly UtcDay[], records = 5): Map<UtcDay, ObjectVersion> =>
  new Map(days.map((date) => [date, { etag: etagOf(date), records }]));
/** The first days of the period. */
const first = (count: number, period = PERIOD) => daysOfPeriod(period).slice(0, count);

function holding(days: readonly UtcDay[], more: Partial<Rollup> = {}): Rollup {
  const named = Object.fromEntries(days.map((date) => [date, namedEtag(etagOf(date))]));
  const object = { etag: "r", sha256: "s", bytes: 1, rows: 1, days: named };
  return {
    version: 1,
    attempts: 0,
    failures: 0,
    checkedAt: NOW,
    ...(days.length > 0 && { object }),
    ...more,
  };
}

function facts(days: number, more: Partial<PeriodFacts> = {}): PeriodFacts {
  const period = more.period ?? PERIOD;
  const of = objects(first(days, period));
  return { period, rollup: holding([]), days: of, objects: of, collected: new Map(), over: false, ...more };
}

const stepOf = (periods: readonly PeriodFacts[], settled = false) => nextRollup(periods, settled, NOW).step;
const collected = (days: readonly UtcDay[], done = true) =>
  new Map(days.map((date) => [date, { etag: etagOf(date), done, skipped: undefined }]));

test("a quarter without a roll-up is collected day by day, then merged, then put", () => {
  const [one, two] = first(2);
  expect(stepOf([facts(2)])).toMatchObject({ do: "collect", date: one });
  expect(stepOf([facts(2, { collected: collected([one as UtcDay]) })])).toMatchObject({ date: two });
  expect(stepOf([facts(2, { collected: collected(first(2), false) })])).toMatchObject({ date: one });
  expect(stepOf([facts(2, { collected: collected(first(2)) })])).toEqual({ do: "merge", period: PERIOD });
  const days = Object.fromEntries(first(2).map((date) => [date, etagOf(date)]));
  const build = { days, position: { after: "", within: 0, offset: 9, rows: 9 } };
  expect(stepOf([facts(2, { rollup: holding([], { build }) })])).toEqual({ do: "merge", period: PERIOD });
  const file = { bytes: 1, sha256: "s" };
  expect(stepOf([facts(2, { rollup: holding([], { build: { ...build, file } }) })])).toEqual({
    do: "put",
    period: PERIOD,
  });
  expect(stepOf([facts(0)])).toBeUndefined();
});

test("days without rows are not read, and skipped days are left out", () => {
  const days = objects(first(2), 0);
  expect(stepOf([facts(2, { days, objects: days })])).toEqual({ do: "merge", period: PERIOD });
  const [one, two] = first(2);
  const skipped = new Map([[one as UtcDay, { etag: etagOf(one as string), done: false, skipped: "why" }]]);
  expect(stepOf([facts(2, { collected: skipped })])).toMatchObject({ do: "collect", date: two });
  expect(lackingDays(facts(2, { collected: skipped }))).toEqual([two]);
  expect(stepOf([facts(1, { collected: skipped })])).toBeUndefined();
});

test("a roll-up is made again once it lacks an eighth, or the site is settled, or somebody asks", () => {
  const with16 = (more: Partial<Rollup> = {}) => holding(first(16), more);
  expect(stepOf([facts(17, { rollup: with16() })])).toBeUndefined();
  expect(stepOf([facts(18, { rollup: with16() })])).toMatchObject({ do: "collect" });
  expect(stepOf([facts(17, { rollup: with16({ requested: true }) })])).toMatchObject({ do: "collect" });
  expect(stepOf([facts(17, { rollup: with16(), over: true })])).toBeUndefined();
  expect(stepOf([facts(17, { rollup: with16(), over: true })], true)).toMatchObject({ do: "collect" });
  // Days are still to leave hot storage.
  expect(stepOf([facts(17, { rollup: with16() })], true)).toBeUndefined();
});

test("a roll-up that describes another object than the ledger is cleared before anything else", () => {
  const other = facts(1, { period: "2024-Q2" as RollupPeriod, rollup: holding([], { wrong: true }) });
  expect(stepOf([facts(2), other])).toEqual({ do: "clear", period: "2024-Q2" });
  const gone = facts(1, { rollup: holding(first(2)) });
  expect(stepOf([gone])).toEqual({ do: "clear", period: PERIOD });
  const changed = new Map(first(1).map((date) => [date, { etag: "another etag", records: 5 }]));
  expect(stepOf([facts(1, { rollup: holding(first(1)), objects: changed, days: changed })])).toMatchObject({
    do: "clear",
  });
  // A day in hot storage may be described.
  const hot = facts(2, { rollup: holding(first(2)), days: objects(first(1)) });
  expect(stepOf([hot], true)).toBeUndefined();
});

test("what is being made goes first, then what was asked for, then the newest", () => {
  const newest = facts(1, { period: "2024-Q3" as RollupPeriod });
  const asked = facts(1, { period: "2024-Q2" as RollupPeriod, rollup: holding([], { requested: true }) });
  const days = Object.fromEntries(first(1).map((date) => [date, etagOf(date)]));
  const build = { days, position: { after: "", within: 0, offset: 0, rows: 0 } };
  const making = facts(1, { rollup: holding([], { build }) });
  expect(stepOf([making, asked, newest])).toMatchObject({ period: "2024-Q1" });
  expect(stepOf([facts(1), asked, newest])).toMatchObject({ period: "2024-Q2" });
  expect(stepOf([facts(1), newest])).toMatchObject({ period: "2024-Q3" });
  const stale = { ...build, days: { [first(1)[0] as UtcDay]: "another etag" } };
  expect(stepOf([facts(1, { rollup: holding([], { build: stale }) })])).toMatchObject({ do: "collect" });
});

test("a step that has failed waits, unless its time comes from a clock that has stepped back", () => {
  const failed = (retryAt: number) => facts(1, { rollup: holding([], { failures: 1, retryAt }) });
  expect(nextRollup([failed(NOW + 60_000)], true, NOW)).toEqual({ step: undefined, laterAt: NOW + 60_000 });
  expect(stepOf([failed(NOW)])).toBeDefined();
  expect(stepOf([failed(NOW + 2 * 3_600_000)])).toBeDefined();
  const other = facts(1, { period: "2023-Q1" as RollupPeriod });
  expect(stepOf([failed(NOW + 60_000), other])).toMatchObject({ period: "2023-Q1" });
});

test("a roll-up is looked for once a day, and where the clock has stepped back", () => {
  const checkedAt = (at: number) => facts(1, { rollup: holding(first(1), { checkedAt: at }) });
  expect(stepOf([checkedAt(NOW - DAY_MS + 1)])).toBeUndefined();
  expect(stepOf([checkedAt(NOW - DAY_MS)])).toEqual({ do: "check", period: PERIOD });
  expect(stepOf([checkedAt(NOW + 1)])).toEqual({ do: "check", period: PERIOD });
});

test("a month waits until the site has nothing else to do, or somebody asks for it, and quarters go first", () => {
  const month = facts(2, { period: "2024-02" as RollupPeriod, collected: collected([]) });
  expect(stepOf([month])).toBeUndefined();
  expect(stepOf([month], true)).toMatchObject({ do: "collect", period: "2024-02", date: "2024-02-01" });
  const asked = { ...month, rollup: holding([], { requested: true }) };
  expect(stepOf([asked])).toMatchObject({ do: "collect", period: "2024-02" });
  expect(stepOf([asked, facts(2)])).toMatchObject({ do: "collect", period: PERIOD });
  const held = { ...month, rollup: holding(first(1, month.period)) };
  expect(stepOf([held])).toBeUndefined();
  expect(stepOf([held], true)).toMatchObject({ do: "collect", period: "2024-02" });
});
