import { expect, test } from "vitest";
import { isolatedValues, roundedValue, seriesOf, summaryOf, timeLabels, valueText } from "./series.ts";

const sample = (timestamp: string, value: number | null) => ({ point_name: "p", timestamp, value });

const HOUR_S = 3_600;
const at = (hour: number) => sample(new Date(hour * HOUR_S * 1_000).toISOString(), hour);

test("an hour without samples is a gap in an hourly chart", () => {
  const series = seriesOf([0, 1, 2, 4].map(at), "1hr");
  expect(series.values).toEqual([0, 1, 2, null, 4]);
  expect(series.times).toEqual([0, 1, 2, 3, 4].map((hour) => hour * HOUR_S));
});

test("the line of a point with a sample every few hours has gaps only at much longer steps", () => {
  const values = (hours: number[]) => seriesOf(hours.map(at), "1hr").values;
  expect(values([0, 3, 6, 10, 13])).toEqual([0, 3, 6, 10, 13]);
  expect(values([0, 3, 6, 9, 40])).toEqual([0, 3, 6, 9, null, 40]);
});

test("the line of raw samples has gaps at steps much longer than the usual step", () => {
  const values = (seconds: number[]) =>
    seriesOf(
      seconds.map((second) => sample(new Date(second * 1_000).toISOString(), second)),
      "raw",
    ).values;
  expect(values([0, 5, 10, 15, 14_400, 14_405])).toEqual([0, 5, 10, 15, null, 14_400, 14_405]);
  expect(values([0, 5, 25, 30])).toEqual([0, 5, 25, 30]);
});

test("a day that is not archived is a gap, however rare the samples of the point are", () => {
  const rare = ["01T06", "02T06", "04T06", "05T06"].map((at) => sample(`2024-01-${at}:00:00Z`, 1));
  expect(seriesOf(rare, "1hr").values).toEqual([1, 1, 1, 1]);
  expect(seriesOf(rare, "1hr", ["2024-01-03", "2024-01-09"]).values).toEqual([1, 1, null, 1, 1]);
});

test("a value between two gaps is found, because no line reaches it", () => {
  expect(isolatedValues({ times: [0, 1, 2, 3, 4, 5], values: [1, null, 2, null, 3, 4] })).toEqual([0, 2]);
  expect(isolatedValues({ times: [0], values: [7] })).toEqual([0]);
});

test("a mean is right also when the sum overflows, and values stay readable", () => {
  const most = Number.MAX_VALUE;
  expect(summaryOf({ times: [0, 1], values: [most, most] })?.mean).toBe(most);
  expect([most, -5e-324, 123_456_789, 0.1 + 0.2, 0].map(valueText)).toEqual([
    "1.79769e+308",
    "-5e-324",
    "123,456,789",
    "0.3",
    "0",
  ]);
});

test("a value in a sentence has four digits, and a counter all of its integer part", () => {
  expect([21.123_456, -0.000_123_456, 1_234_567.89, 999.96, 1e300, 0].map(roundedValue)).toEqual([
    "21.12",
    "-0.0001235",
    "1,234,568",
    "1,000",
    "1e+300",
    "0",
  ]);
});

test("the summary ignores gaps", () => {
  expect(summaryOf({ times: [0, 1, 2], values: [1, null, 4] })).toEqual({
    count: 2,
    min: 1,
    max: 4,
    mean: 2.5,
  });
  expect(summaryOf({ times: [0], values: [null] })).toBeUndefined();
});

const DAY_S = 86_400;

test.for([
  ["days", [0, DAY_S], ["1970-01-01", "1970-01-02"]],
  ["hours", [DAY_S - 7_200, DAY_S, DAY_S + 7_200], ["22:00\n1970-01-01", "1970-01-02", "02:00"]],
  ["seconds", [3_600, 3_630, 3_660], ["01:00:00\n1970-01-01", "01:00:30", "01:01:00"]],
  ["parts of a second", [0.5, 0.6], ["00:00:00.500\n1970-01-01", "00:00:00.600"]],
] as const)("labels of ticks that are %s apart differ", ([, ticks, labels]) => {
  expect(timeLabels(ticks)).toEqual(labels);
});
