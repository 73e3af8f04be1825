import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import {
  beginningWith,
  bounded,
  daysUpTo,
  endingWith,
  lastDayOf,
  PIECE_MS_MAX,
  pieces,
  SPAN_MS_MIN,
  scaled,
  shifted,
} from "./span.ts";

const day = (date: string) => date as UtcDay;
const HOUR_MS = 3_600_000;
/** 10:00 to 11:00 of one day. */
const hour = {
  fromMs: dayStartMs(day("2024-01-05")) + 10 * HOUR_MS,
  toMs: dayStartMs(day("2024-01-05")) + 11 * HOUR_MS,
};

test("from a part of a day the way back is the whole day, and not what of it lies before the part's end", () => {
  expect(daysUpTo(lastDayOf(hour), 1)).toEqual({
    fromMs: dayStartMs(day("2024-01-05")),
    toMs: dayStartMs(day("2024-01-06")),
  });
  expect(beginningWith(hour, day("2024-01-05"))).toEqual(daysUpTo(day("2024-01-05"), 1));
});

test("an end that is set to the other side of the other end takes it along", () => {
  expect(beginningWith(hour, day("2024-02-01"))).toEqual(daysUpTo(day("2024-02-01"), 1));
  expect(endingWith(hour, day("2023-12-31"))).toEqual(daysUpTo(day("2023-12-31"), 1));
  expect(endingWith(hour, day("2024-01-07"))).toEqual(daysUpTo(day("2024-01-07"), 3));
});

test("what looks closer is undone by what looks wider, and earlier by later", () => {
  expect(scaled(scaled(hour, 0.5), 2)).toEqual(hour);
  expect(shifted(shifted(hour, -0.5), 0.5)).toEqual(hour);
  expect(scaled(hour, 0.5)).toEqual({ fromMs: hour.fromMs + HOUR_MS / 4, toMs: hour.toMs - HOUR_MS / 4 });
});

test("no span is empty, backwards, broken or before 1970, however it came about", () => {
  const at = fc.double({ min: -10 * DAY_MS, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(at, at, (fromMs, toMs) => {
      const span = bounded({ fromMs, toMs });
      expect(span.fromMs).toBeGreaterThanOrEqual(0);
      expect(span.toMs - span.fromMs).toBeGreaterThanOrEqual(SPAN_MS_MIN);
      expect([span.fromMs, span.toMs].every(Number.isInteger)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("pieces follow each other without gap or overlap, and none is too long for one query", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 * DAY_MS }), (spanMs) => {
      const cut = pieces({ fromMs: 7, toMs: 7 + spanMs });
      expect(cut[0]?.fromMs).toBe(7);
      expect(cut.at(-1)?.toMs).toBe(7 + spanMs);
      for (const [index, piece] of cut.entries()) {
        expect(piece.toMs - piece.fromMs).toBeLessThanOrEqual(PIECE_MS_MAX);
        expect(piece.toMs).toBe(cut[index + 1]?.fromMs ?? 7 + spanMs);
      }
    }),
    { numRuns: 100 },
  );
});
