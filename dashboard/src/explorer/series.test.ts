import { expect, test } from "vitest";
import { alone, extentOf, figure, seriesOf } from "./series.ts";

const sample = (timestamp: string, value: number | null) => ({ point_name: "p", timestamp, value });

const HOUR_S = 3_600;
const at = (hour: number) => sample(new Date(hour * HOUR_S * 1_000).toISOString(), hour);

test("an hour without samples breaks the line of an hourly chart", () => {
  const series = seriesOf([0, 1, 2, 4].map(at), "1hr");
  expect(series.values).toEqual([0, 1, 2, null, 4]);
  expect(series.times).toEqual([0, 1, 2, 3, 4].map((hour) => hour * HOUR_S));
});

test("the line of a point that tells something every few hours breaks only where it was silent far longer", () => {
  const values = (hours: number[]) => seriesOf(hours.map(at), "1hr").values;
  expect(values([0, 3, 6, 10, 13])).toEqual([0, 3, 6, 10, 13]);
  expect(values([0, 3, 6, 9, 40])).toEqual([0, 3, 6, 9, null, 40]);
});

test("the line of samples as they are breaks where the point was silent far longer than it usually is", () => {
  const values = (seconds: number[]) =>
    seriesOf(
      seconds.map((second) => sample(new Date(second * 1_000).toISOString(), second)),
      "raw",
    ).values;
  expect(values([0, 5, 10, 15, 14_400, 14_405])).toEqual([0, 5, 10, 15, null, 14_400, 14_405]);
  expect(values([0, 5, 25, 30])).toEqual([0, 5, 25, 30]);
});

test("no line leads over a day that is not archived, however seldom the point tells something", () => {
  const told = ["01T06", "02T06", "04T06", "05T06"].map((at) => sample(`2024-01-${at}:00:00Z`, 1));
  expect(seriesOf(told, "1hr").values).toEqual([1, 1, 1, 1]);
  expect(seriesOf(told, "1hr", ["2024-01-03", "2024-01-09"]).values).toEqual([1, 1, null, 1, 1]);
});

test("a value between two gaps is known as one that no line leads to", () => {
  expect(alone({ times: [0, 1, 2, 3, 4, 5], values: [1, null, 2, null, 3, 4] })).toEqual([0, 2]);
  expect(alone({ times: [0], values: [7] })).toEqual([0]);
});

test("a mean is one also where the sum is beyond any double, and figures stay readable", () => {
  const most = Number.MAX_VALUE;
  expect(extentOf({ times: [0, 1], values: [most, most] })?.mean).toBe(most);
  expect([most, -5e-324, 123_456_789, 0.1 + 0.2, 0].map(figure)).toEqual([
    "1.79769e+308",
    "-5e-324",
    "123,456,789",
    "0.3",
    "0",
  ]);
});

test("what is read out instead of the picture leaves the gaps out", () => {
  expect(extentOf({ times: [0, 1, 2], values: [1, null, 4] })).toEqual({
    count: 2,
    min: 1,
    max: 4,
    mean: 2.5,
  });
  expect(extentOf({ times: [0], values: [null] })).toBeUndefined();
});
