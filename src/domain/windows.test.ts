import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, dayStartMs, utcDayOf } from "./day.ts";
import { windowsOf } from "./windows.ts";

const DAY = utcDayOf(Date.UTC(2024, 1, 29));

test("windows cover their day without gap or overlap, and inner boundaries avoid the full minute", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), (count) => {
      const windows = windowsOf(DAY, count);
      const start = dayStartMs(DAY) * 1_000;
      expect(windows).toHaveLength(count);
      expect(windows[0]?.fromMicros).toBe(start);
      expect(windows.at(-1)?.toMicros).toBe(start + DAY_MS * 1_000);
      for (const [index, window] of windows.entries()) {
        expect(window.toMicros).toBeGreaterThan(window.fromMicros);
        const next = windows[index + 1];
        if (!next) continue;
        expect(next.fromMicros).toBe(window.toMicros);
        expect(next.fromMicros % 60_000_000).toBe(30_500_000);
      }
    }),
  );
});
