import { expect, test } from "vitest";
import { timeLabels } from "./time-labels.ts";

const DAY_S = 86_400;

test.for([
  ["days", [0, DAY_S], ["1970-01-01", "1970-01-02"]],
  ["hours", [DAY_S - 7_200, DAY_S, DAY_S + 7_200], ["22:00\n1970-01-01", "1970-01-02", "02:00"]],
  ["seconds", [3_600, 3_630, 3_660], ["01:00:00\n1970-01-01", "01:00:30", "01:01:00"]],
  ["parts of a second", [0.5, 0.6], ["00:00:00.500\n1970-01-01", "00:00:00.600"]],
] as const)("ticks that are %s apart differ in their labels", ([, ticks, labels]) => {
  expect(timeLabels(ticks)).toEqual(labels);
});
