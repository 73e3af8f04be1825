import fc from "fast-check";
import { expect, test } from "vitest";
import type { EpochMs } from "../domain/day.ts";
import { hourStart } from "../domain/windows.ts";
import { LATE_MS, SYNC_MS } from "./limits.ts";
import { dueUnits, nextSyncAt, type Unit, type WindowReading, watermarkOf } from "./schedule.ts";

const MIN = 60_000;
const HOUR = 60 * MIN;
const START = Date.parse("2025-06-02T00:00:00Z");

/** Reads whatever is due, as the engine does, from `fromMs` on; `delay` is how long after its time a sync begins. */
function run(
  fromMs: EpochMs,
  toMs: EpochMs,
  { delay = 0, since = fromMs, known = new Map<EpochMs, WindowReading>() } = {},
) {
  const reads: { at: EpochMs; unit: Unit }[] = [];
  for (let at = fromMs; at <= toMs; at = nextSyncAt(at)) {
    const now = at + delay;
    for (;;) {
      const [next] = dueUnits(known, since, now).filter(({ dueAt }) => dueAt <= now);
      if (!next) break;
      reads.push({ at: now, unit: next.unit });
      for (const { fromMs } of next.unit.windows) known.set(fromMs, { fromMs, readAt: now, isCurrent: true });
    }
  }
  return { reads, known };
}

test("a site's day takes no more requests than were budgeted, and reads each hour as a whole at least three times", () => {
  const from = hourStart(START);
  const { reads } = run(from, from + 24 * HOUR - 1);
  const requests = reads.reduce((sum, { unit }) => sum + unit.windows.length, 0);
  // With the list of points each hour these are at most 700 requests a day.
  expect(requests).toBeLessThanOrEqual(676);
  expect(reads.filter(({ unit }) => unit.level === "hour").length).toBeGreaterThanOrEqual(3 * 21);
});

test("a sample is read within five minutes of its time, and one that comes up to two hours late within an hour", () => {
  const from = hourStart(START);
  const { reads } = run(from, from + 30 * HOUR);
  const sample = fc.record({
    time: fc.integer({ min: 2 * HOUR, max: 24 * HOUR }),
    lateMs: fc.oneof(fc.integer({ min: 0, max: 10 * MIN }), fc.integer({ min: 0, max: LATE_MS })),
  });
  fc.assert(
    fc.property(sample, ({ time, lateMs }) => {
      const [at, shownAt] = [from + time, from + time + lateMs];
      const found = reads.find((read) => read.at > shownAt && read.unit.fromMs <= at && at < read.unit.toMs);
      const withinMs = lateMs < 2 * MIN ? SYNC_MS + 1 : HOUR;
      expect((found?.at ?? Number.POSITIVE_INFINITY) - shownAt).toBeLessThanOrEqual(withinMs);
    }),
    { numRuns: 2_000 },
  );
});

test("syncs that begin late keep the promise of an hour", () => {
  const from = hourStart(START);
  const { reads } = run(from, from + 12 * HOUR, { delay: 4 * MIN });
  for (let at = from + HOUR; at < from + 8 * HOUR; at += 7 * MIN) {
    const times = reads.filter(({ unit }) => unit.fromMs <= at && at < unit.toMs).map((read) => read.at);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(HOUR);
    expect(times.at(-1)).toBeGreaterThanOrEqual(at + LATE_MS);
  }
});

test("newest windows come before hours that are read again, and those before missing hours, the newest first", () => {
  const since = hourStart(START);
  const { known } = run(since, since + 3 * HOUR);
  const now = since + 30 * HOUR + 20 * MIN;
  const order = dueUnits(known, since, now).map(({ unit }) => unit.why);
  expect(order).toEqual([...order].sort((a, b) => "nam".indexOf(a[0] ?? "") - "nam".indexOf(b[0] ?? "")));
  const missing = dueUnits(known, since, now).filter(({ unit }) => unit.why === "missing");
  const times = missing.map(({ unit }) => unit.fromMs);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  const { known: caughtUp } = run(now, now + HOUR, { since, known });
  expect(dueUnits(caughtUp, since, now + HOUR).filter(({ unit }) => unit.why === "missing")).toEqual([]);
});

test("a window that is not current any more is read with its hour, and so is one that was read in the future", () => {
  const since = hourStart(START);
  const now = since + 10 * HOUR;
  const { known } = run(since, now);
  const [window] = [...known.values()];
  if (!window) throw new Error("nothing was read");
  expect(dueUnits(known, since, now).some(({ unit }) => unit.why === "missing")).toBe(false);
  for (const change of [{ isCurrent: false }, { readAt: now + HOUR }]) {
    const changed = new Map(known).set(window.fromMs, { ...window, ...change });
    const [missing, ...more] = dueUnits(changed, since, now).filter(({ unit }) => unit.why === "missing");
    expect([missing?.unit.fromMs, missing?.unit.level, more.length]).toEqual([window.fromMs, "hour", 0]);
  }
});

test("the watermark is the end of what was read in one piece", () => {
  const since = hourStart(START);
  const { known } = run(since, since + 5 * HOUR);
  expect(watermarkOf(known, since, since + 5 * HOUR)).toBe(since + 5 * HOUR);
  expect(watermarkOf(known, since, since + 9 * HOUR)).toBe(since + 5 * HOUR);
  const [, second] = [...known.values()].sort((a, b) => a.fromMs - b.fromMs);
  if (!second) throw new Error("nothing was read");
  known.delete(second.fromMs);
  expect(watermarkOf(known, since, since + 5 * HOUR)).toBe(second.fromMs);
  expect(watermarkOf(new Map(), since, since + HOUR)).toBe(since);
});
