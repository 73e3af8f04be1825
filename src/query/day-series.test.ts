import { expect, test } from "vitest";
import type { UtcDay } from "../domain/day.ts";
import { DaySeries, DayTooLarge } from "./day-series.ts";

const DAY = "2024-01-15" as UtcDay;
const part = (...ms: number[]) => ({ ms: Float64Array.from(ms), value: Float64Array.from(ms, (at) => -at) });

test("parts of a point are joined in the order in which they came, whatever comes between", () => {
  const day = new DaySeries(DAY, 3);
  day.add(2, part(1, 2));
  day.add(0, part(5));
  day.add(2, part());
  day.add(2, part(3));
  expect(day.take()).toEqual([part(5), part(), part(1, 2, 3)]);
});

test("as many samples as are held at once are a day, one more is refused", () => {
  const day = new DaySeries(DAY, 2, 3);
  day.add(0, part(1, 2));
  day.add(1, part(1));
  expect(() => day.add(0, part(3))).toThrow(DayTooLarge);
  expect(() => day.add(0, part(3))).toThrow("more than 3 samples on 2024-01-15");
});
