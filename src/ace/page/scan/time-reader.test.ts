import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTime } from "../../../domain/time.ts";
import { ByteReader } from "./byte-reader.ts";
import { TimeReader } from "./time-reader.ts";

const minute = fc.constantFrom(
  "2026-08-07T16:25:",
  "2026-08-07T16:26:",
  "2026-08-07 16:25:",
  "2026-02-31T00:00:",
);
const seconds = fc.constantFrom("00", "07", "59", "60", "5", "5x", "");
const fraction = fc.constantFrom(
  "",
  ".",
  ".5",
  ".123",
  ".000001",
  ".999999",
  ".1234567",
  ".12345x",
  ".123456789",
);
const zone = fc.constantFrom("", "Z", "+02:00", " ");
const time = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(minute, seconds, fraction, zone).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "2026-08-07", "2026-08-07T16:2", "2026-08-07T16:25", "yesterday"),
  },
);

test("times have the meaning that parseTime gives them, whatever was read before", () => {
  fc.assert(
    fc.property(fc.array(time), (texts) => {
      const reader = new ByteReader(Buffer.from(texts.map((text) => `${text}"`).join("")));
      const times = new TimeReader(reader);
      for (const text of texts) {
        expect(times.read()).toBe(true);
        expect(times.micros).toBe(parseTime(text));
        expect(times.text).toBe(text);
      }
      expect(reader.at).toBe(reader.body.length);
    }),
    { numRuns: 3_000 },
  );
});

test.each(["2026-08-07T16:25:07.123456", "2026-08-07T16:25:07.1234", '2026-08-07T16:25:0\\u0030"', 'é"'])(
  "a time that is no whole plain string is not read: %j",
  (text) => {
    const times = new TimeReader(new ByteReader(Buffer.from(`2026-08-07T16:25:00"${text}`)));
    expect(times.read()).toBe(true);
    expect(times.read()).toBe(false);
  },
);
