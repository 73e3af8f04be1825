import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import {
  autoInterval,
  clampSpan,
  daysEndingOn,
  INTERVALS,
  isAllowed,
  LONG_QUERY_DAYS_MAX,
  lastDayOf,
  panned,
  QUERY_DAYS_MAX,
  SPAN_MS_MIN,
  splitSpan,
  withFirstDay,
  withLastDay,
  zoomed,
} from "./span.ts";

const day = (date: string) => date as UtcDay;
const HOUR_MS = 3_600_000;
/** 10:00 to 11:00 of one day. */
const hour = {
  fromMs: dayStartMs(day("2024-01-05")) + 10 * HOUR_MS,
  toMs: dayStartMs(day("2024-01-05")) + 11 * HOUR_MS,
};

test("a part of a day becomes the whole day, not only the time before its end", () => {
  expect(daysEndingOn(lastDayOf(hour), 1)).toEqual({
    fromMs: dayStartMs(day("2024-01-05")),
    toMs: dayStartMs(day("2024-01-06")),
  });
  expect(withFirstDay(hour, day("2024-01-05"))).toEqual(daysEndingOn(day("2024-01-05"), 1));
});

test("an end that is moved past the other end moves it too", () => {
  expect(withFirstDay(hour, day("2024-02-01"))).toEqual(daysEndingOn(day("2024-02-01"), 1));
  expect(withLastDay(hour, day("2023-12-31"))).toEqual(daysEndingOn(day("2023-12-31"), 1));
  expect(withLastDay(hour, day("2024-01-07"))).toEqual(daysEndingOn(day("2024-01-07"), 3));
});

test("zooming out undoes zooming in, and later undoes earlier", () => {
  expect(zoomed(zoomed(hour, 0.5), 2)).toEqual(hour);
  expect(panned(panned(hour, -0.5), 0.5)).toEqual(hour);
  expect(zoomed(hour, 0.5)).toEqual({ fromMs: hour.fromMs + HOUR_MS / 4, toMs: hour.toMs - HOUR_MS / 4 });
});

test("no span is empty, reversed, fractional or before 1970", () => {
  const at = fc.double({ min: -10 * DAY_MS, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(at, at, (fromMs, toMs) => {
      const span = clampSpan({ fromMs, toMs });
      expect(span.fromMs).toBeGreaterThanOrEqual(0);
      expect(span.toMs - span.fromMs).toBeGreaterThanOrEqual(SPAN_MS_MIN);
      expect([span.fromMs, span.toMs].every(Number.isInteger)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("parts follow each other without gap or overlap, and none is too long for one query", () => {
  const spans = fc.tuple(fc.integer({ min: 1, max: 5_000 * DAY_MS }), fc.constantFrom(...INTERVALS));
  fc.assert(
    fc.property(spans, ([spanMs, interval]) => {
      const daysMax = ["1hr", "1day", "1week", "1month"].includes(interval)
        ? LONG_QUERY_DAYS_MAX
        : QUERY_DAYS_MAX;
      const parts = splitSpan({ fromMs: 7, toMs: 7 + spanMs }, interval);
      expect(parts[0]?.fromMs).toBe(7);
      expect(parts.at(-1)?.toMs).toBe(7 + spanMs);
      for (const [index, part] of parts.entries()) {
        expect(part.toMs).toBeGreaterThan(part.fromMs);
        expect(part.toMs - part.fromMs).toBeLessThanOrEqual(daysMax * DAY_MS);
        expect(part.toMs).toBe(parts[index + 1]?.fromMs ?? 7 + spanMs);
      }
    }),
    { numRuns: 100 },
  );
});

test.for([
  ["1hr", "2024-12-31T10:00Z"],
  ["1day", "2024-12-31T00:00Z"],
  // A Monday.
  ["1week", "2024-12-30T00:00Z"],
  ["1month", "2024-12-01T00:00Z"],
] as const)("a part of %s ends where a bucket begins: %s", ([interval, end]) => {
  const fromMs = Date.parse("2019-12-31T10:30Z");
  const [first, second] = splitSpan({ fromMs, toMs: fromMs + 3_000 * DAY_MS }, interval);
  expect([first?.fromMs, first?.toMs]).toEqual([fromMs, Date.parse(end)]);
  expect(second?.fromMs).toBe(first?.toMs);
});

const daysLong = (count: number) => ({ fromMs: 0, toMs: count * DAY_MS });

test.for([
  [0.1, "raw"],
  [1, "1min"],
  [7, "5min"],
  [20, "15min"],
  [100, "1hr"],
  [366, "1day"],
  [2_500, "1day"],
  [3_650, "1week"],
] as const)("the automatic interval of %s days is %s", ([count, interval]) => {
  expect(autoInterval(daysLong(count))).toBe(interval);
});

test("the automatic interval can always be chosen by hand, and a minute over years can't", () => {
  for (const count of [0.1, 1, 7, 31, 366, 3_650])
    expect(isAllowed(autoInterval(daysLong(count)), daysLong(count))).toBe(true);
  expect(isAllowed("1min", daysLong(366))).toBe(false);
  expect(isAllowed("raw", daysLong(3))).toBe(false);
});
