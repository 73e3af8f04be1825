import { expect, test } from "vitest";
import { chartLines } from "./chart.ts";

const FRAME = { fromMs: 0, toMs: 16, columns: 8, rows: 2 };
const dotsOf = (values: readonly (number | undefined)[]) =>
  values.flatMap((value, ms) => (value === undefined ? [] : [{ ms, value }]));
const lineOf = (values: readonly (number | undefined)[]) =>
  chartLines(dotsOf(values), FRAME)
    .slice(0, FRAME.rows)
    .map((line) => line.split("┤")[1]);

test("the scale shows the greatest and the least value, the last line the ends of the range", () => {
  const frame = { ...FRAME, toMs: 172_800_000, columns: 40 };
  const lines = chartLines(dotsOf([1_234.56, -7]), frame);
  expect(lines[0]).toMatch(/^1,234\.6 ┤/);
  expect(lines[1]).toMatch(/^ {5}-7 ┤/);
  expect(lines[3]).toBe("         1970-01-01 00:00        1970-01-03 00:00");
});

test("values rise from the lowest dot to the highest", () => {
  const rising = Array.from({ length: 16 }, (_, ms) => ms);
  expect(lineOf(rising)).toEqual(["⠀⠀⠀⠀⣀⡤⠖⠋", "⣀⡤⠖⠋⠁⠀⠀⠀"]);
});

test("a value that never changes is a line in the middle", () => {
  expect(lineOf(Array(16).fill(5))).toEqual(["⣀⣀⣀⣀⣀⣀⣀⣀", "⠀⠀⠀⠀⠀⠀⠀⠀"]);
});

test("a gap in the data is a gap in the line", () => {
  const gap = Array.from({ length: 16 }, (_, ms) => (ms >= 4 && ms < 12 ? undefined : ms % 2));
  const [above = "", below = ""] = lineOf(gap);
  for (const line of [above, below]) {
    expect(line.slice(2, 6)).toBe("⠀⠀⠀⠀");
    expect(line.slice(0, 2) + line.slice(6)).not.toContain("⠀");
  }
});

test("a line of few values is narrower than its frame, so that it shows no gaps that are not in the data", () => {
  const wide = { fromMs: 0, toMs: 150, columns: 80, rows: 1 };
  const line = chartLines(dotsOf(Array(150).fill(5)), wide)[0]?.split("┤")[1] ?? "";
  expect(line).toHaveLength(50);
  expect(line).not.toContain("⠀");
  expect(chartLines(dotsOf([5, 5]), wide)[0]?.split("┤")[1]).toHaveLength(40);
});

test("values in one column of dots are drawn from the least to the greatest", () => {
  const dots = [0, 100, 50, 50].map((value, at) => ({ ms: at / 8, value }));
  const lines = chartLines(dots, FRAME).slice(0, 2);
  expect(lines.map((line) => line.at(line.indexOf("┤") + 1))).toEqual(["⡇", "⡇"]);
});

test("a year with a value per minute can be drawn", () => {
  const frame = { fromMs: 0, toMs: 527_040, columns: 8, rows: 2 };
  const lines = chartLines(dotsOf(Array.from({ length: frame.toMs }, (_, ms) => ms % 100)), frame);
  expect(lines[0]).toMatch(/^99 ┤⣿{8}$/);
});
