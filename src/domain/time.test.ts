import fc from "fast-check";
import { expect, test } from "vitest";
import { referenceTime } from "../../test/reference/time.ts";
import { formatNaiveTime, formatTime, parseTime } from "./time.ts";

const YEAR_1600_MS = Date.UTC(1600, 0, 1);
const YEAR_2255_MS = Date.UTC(2255, 0, 1);
const instant = fc.record({
  ms: fc.integer({ min: YEAR_1600_MS / 1000, max: YEAR_2255_MS / 1000 }).map((seconds) => seconds * 1000),
  micros: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })),
});

test("a naive time means UTC, to the microsecond", () => {
  fc.assert(
    fc.property(
      instant,
      fc.constantFrom("T", " "),
      fc.constantFrom("", "Z", "z"),
      ({ ms, micros }, t, zone) => {
        const whole = new Date(ms).toISOString().slice(0, 19).replace("T", t);
        const text = `${whole}.${String(micros).padStart(6, "0")}${zone}`;
        expect(parseTime(text)).toBe(ms * 1000 + micros);
      },
    ),
  );
});

test("formatting and parsing are inverse, with and without zone", () => {
  fc.assert(
    fc.property(instant, ({ ms, micros }) => {
      expect(parseTime(formatTime(ms * 1000 + micros))).toBe(ms * 1000 + micros);
      expect(parseTime(formatNaiveTime(ms * 1000 + micros))).toBe(ms * 1000 + micros);
    }),
  );
});

test.each([
  "0000-01-01T00:00:00+00:01",
  "9999-12-31T23:59:59-00:01",
  "275760-09-13T00:00:00",
  "+275760-09-13T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-08-07T16:30:60",
  "2026-08-07T16:30:37+99:99",
  "2026-08-07T16:30:37.123456789012345678901234567890",
  "\uff12026-08-07T16:30:37",
])("%s is no time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});

test("the first and the last second of all come back as they were written", () => {
  for (const text of ["0000-01-01T00:00:00", "9999-12-31T23:59:59"]) {
    expect(formatNaiveTime(parseTime(text) ?? Number.NaN)).toBe(text);
  }
});

test("offsets agree with the engine's own reading of zoned times", () => {
  const offset = fc.tuple(
    fc.constantFrom("+", "-"),
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
  );
  fc.assert(
    fc.property(instant, offset, ({ ms }, [sign, hours, minutes]) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const whole = new Date(ms).toISOString().slice(0, 19);
      const reference = Date.parse(`${whole}${sign}${two(hours)}:${two(minutes)}`) * 1000;
      expect(parseTime(`${whole}${sign}${two(hours)}:${two(minutes)}`)).toBe(reference);
      expect(parseTime(`${whole}${sign}${two(hours)}${two(minutes)}`)).toBe(reference);
    }),
  );
});

test("only dates of the calendar are taken", () => {
  const field = fc.integer({ min: 0, max: 99 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), field, field, (year, month, day) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
      const ms = Date.parse(`${date}T00:00:00Z`);
      const real = Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date);
      expect(parseTime(`${date}T00:00:00`)).toBe(real ? ms * 1000 : undefined);
    }),
    {
      numRuns: 2000,
      examples: [
        [2024, 2, 29],
        [2023, 2, 29],
        [1900, 2, 29],
        [2000, 2, 29],
        [2026, 4, 31],
      ],
    },
  );
});

const two = (max: number) => fc.nat(max).map((value) => String(value).padStart(2, "0"));
/** Mostly times, some of them on no calendar. */
const written = fc
  .tuple(
    // Microseconds are exact in a double from 1685 to 2255.
    fc.oneof(fc.integer({ min: 1685, max: 2254 }), fc.constantFrom(1700, 1900, 2000, 2024, 2100)),
    two(13),
    two(32),
    fc.constantFrom("T", "T", " "),
    fc.tuple(two(24), two(60), two(60)),
    fc.stringMatching(/^(\.\d{1,10})?$/),
    fc.oneof(fc.constantFrom("", "", "Z", "z"), fc.stringMatching(/^[+-]([01]\d|2[0-4]):?[0-6]\d$/)),
  )
  .map(([year, month, day, t, clock, fraction, zone]) => {
    return `${year}-${month}-${day}${t}${clock.join(":")}${fraction}${zone}`;
  });
const spoilt = fc
  .tuple(written, fc.nat(40), fc.nat(2), fc.constantFrom(..."0 9:-+.TZz/é".split(""), ""))
  .map(([text, at, gone, by]) => text.slice(0, at) + by + text.slice(at + gone));

test("a text is a time, to the microsecond, exactly when grammar and calendar say so", () => {
  fc.assert(
    fc.property(fc.oneof(written, written, spoilt), (text) => {
      const expected = referenceTime(text);
      expect(parseTime(text)).toBe(expected === undefined ? undefined : Number(expected));
    }),
    { numRuns: 5_000 },
  );
});

test("fractions of one to nine digits are cut to microseconds", () => {
  expect(parseTime("1970-01-01T00:00:00.5")).toBe(500_000);
  expect(parseTime("1970-01-01T00:00:00.000001")).toBe(1);
  expect(parseTime("1970-01-01T00:00:00.000001999")).toBe(1);
  expect(parseTime("1969-12-31T23:59:59.999999")).toBe(-1);
});

test("requests carry a fraction only where there is one", () => {
  expect(formatTime(Date.UTC(2026, 7, 7, 16, 25) * 1000)).toBe("2026-08-07T16:25:00Z");
  expect(formatNaiveTime(Date.UTC(2026, 7, 7, 16, 30, 37) * 1000 + 626_470)).toBe(
    "2026-08-07T16:30:37.626470",
  );
  expect(formatTime(-1)).toBe("1969-12-31T23:59:59.999999Z");
});

test.each([
  "",
  "now",
  "2026-08-07",
  "2026-08-07T16:25",
  "2026-08-07t16:25:00",
  "2026-08-07T24:00:00",
  "2026-08-07T16:60:00",
  "2026-08-07T16:25:60",
  "2026-08-07T16:25:00.",
  "2026-08-07T16:25:00.1234567890",
  "2026-08-07T16:25:00 Z",
  "2026-08-07T16:25:00+1",
  "2026-08-07T16:25:00+24:00",
  "2026-08-07T16:25:00+00:60",
  "2026-08-07T16:25:00+0:000",
  "2026-08-07T16:25:00ZZ",
  "2026/08/07T16:25:00",
  "+026-08-07T16:25:00",
  "2026-08-07T1 :25:00",
  "２026-08-07T16:25:00",
  " 2026-08-07T16:25:00",
])("%j is not a time", (text) => {
  expect(parseTime(text)).toBeUndefined();
});
