import fc from "fast-check";
import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW = Date.UTC(2026, 7, 7, 16, 25, 0);

test("seconds are seconds, up to an hour", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3600 }), (seconds) => {
      expect(retryAfterMs(String(seconds), NOW)).toBe(seconds * 1000);
    }),
  );
  expect(retryAfterMs(" 7 ", NOW)).toBe(7_000);
  expect(retryAfterMs("86400", NOW)).toBe(3_600_000);
  expect(retryAfterMs("9".repeat(400), NOW)).toBe(3_600_000);
});

test.each([
  ["Fri, 07 Aug 2026 16:25:30 GMT", 30_000],
  ["Friday, 07-Aug-26 16:26:00 GMT", 60_000],
  ["Fri Aug  7 16:27:00 2026", 120_000],
  ["Fri, 07 Aug 2026 23:00:00 GMT", 3_600_000],
])("the date %j is a pause of %d ms", (header, pause) => {
  expect(retryAfterMs(header, NOW)).toBe(pause);
});

test.each([
  undefined,
  "",
  "0",
  "-5",
  "1.5",
  "soon",
  "0x10",
  "2026-08-07T16:26:00",
  "Fri, 07 Aug 2026 16:24:59 GMT",
  "Friday, 07-Aug-94 16:26:00 GMT",
  "Fri, 07 Foo 2026 16:26:00 GMT",
  "Fri, 31 Feb 2027 16:26:00 +0000",
  "Fri, 07 Aug 2026 99:26:00 GMT",
])("%j, which is absent, past or unreadable, is a pause of a minute", (header) => {
  expect(retryAfterMs(header, NOW)).toBe(60_000);
});
