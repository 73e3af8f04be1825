import { expect, test } from "vitest";
import { daysOf, type UtcDay } from "../../../src/domain/day.ts";
import { dayView } from "../../../test/support/dashboard-status.ts";
import { DISPLAY_STATUSES, type DisplayStatus } from "./display-status.ts";
import { cornerOf, dayUnder, PITCH, paintYear, YEAR_HEIGHT, YEAR_WIDTH } from "./paint.ts";

const palette = {
  status: Object.fromEntries(DISPLAY_STATUSES.map((status) => [status, status])) as Record<
    DisplayStatus,
    string
  >,
  mark: "mark",
  text: "text",
  selected: "selected",
};

/** A canvas that records each filled rectangle with its colour. */
function recorder() {
  const filled: { colour: string; x: number; y: number }[] = [];
  const canvas = new Proxy({ fillStyle: "" } as Record<string, unknown>, {
    get: (of, name) =>
      name === "fillRect"
        ? (x: number, y: number) => filled.push({ colour: String(of.fillStyle), x, y })
        : () => {},
  });
  return { filled, canvas: canvas as unknown as CanvasRenderingContext2D };
}

const day = (date: string) => date as UtcDay;

test("every position in a day's rectangle is that day, and the picture contains all days", () => {
  for (const date of daysOf(day("2012-01-01"), day("2012-12-31"))) {
    const { x, y } = cornerOf(date);
    for (const inside of [0, PITCH - 1]) expect(dayUnder(2012, x + inside, y + inside)).toBe(date);
    expect(x + PITCH).toBeLessThanOrEqual(YEAR_WIDTH);
    expect(y + PITCH).toBeLessThanOrEqual(YEAR_HEIGHT);
  }
  expect(dayUnder(2012, 0, 3)).toBeUndefined();
});

test("each day has its status's colour, the selection is drawn behind it, and days of the future are not drawn", () => {
  const { canvas, filled } = recorder();
  const picture = {
    year: 2024,
    days: new Map([["2024-01-02", dayView("2024-01-02", "failed")]]),
    throttled: false,
    selected: { from: day("2024-01-03"), to: day("2024-01-03") },
    last: day("2024-01-03"),
  };
  paintYear(canvas, picture, palette);
  expect(filled.map(({ colour }) => colour)).toEqual([
    "not requested",
    "failed",
    "selected",
    "not requested",
  ]);
  expect(filled[1]).toMatchObject(cornerOf(day("2024-01-02")));
});
