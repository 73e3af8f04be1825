import { expect, test } from "vitest";
import { extentOf, seriesOf } from "./series.ts";

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

test("samples as they are are joined, however far apart", () => {
  const series = seriesOf([sample("2024-01-01T00:00:00Z", 1), sample("2024-01-09T00:00:00Z", 2)], "raw");
  expect(series.values).toEqual([1, 2]);
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
