import { daysOf, type UtcDay } from "../../../src/domain/day.ts";
import type { DaysByDate } from "./calendar-state.ts";
import { type DisplayStatus, displayStatus } from "./display-status.ts";
import type { Palette } from "./palette.ts";
import { COLUMNS_MAX, cellOf, dayAt, firstDayOf, lastDayOf, monthColumns, ROWS } from "./year.ts";

/** CSS pixels from one day to the next: a year is as wide as a small screen. */
export const PITCH = 14;
export const SIZE = 12;
const TOP = 16;
/** Room for the frame around a selected day in the first week. */
const LEFT = 1;
export const YEAR_WIDTH = LEFT + COLUMNS_MAX * PITCH;
export const YEAR_HEIGHT = TOP + ROWS * PITCH;

export interface Picture {
  readonly year: number;
  readonly days: DaysByDate | undefined;
  readonly throttled: boolean;
  /** The selected days of this site. */
  readonly selected: { readonly from: UtcDay; readonly to: UtcDay } | undefined;
  /** The last day that a backfill can fetch. */
  readonly last: UtcDay;
}

type Canvas = CanvasRenderingContext2D;

/** Draws a year: one rectangle per day, with a mark, because colour alone does not tell statuses apart for everybody. */
export function paintYear(
  canvas: Canvas,
  { year, days, throttled, selected, last }: Picture,
  palette: Palette,
) {
  canvas.clearRect(0, 0, YEAR_WIDTH, YEAR_HEIGHT);
  canvas.fillStyle = palette.text;
  canvas.font = "10px system-ui, sans-serif";
  for (const { month, column } of monthColumns(year)) canvas.fillText(month, LEFT + column * PITCH, 10);
  for (const day of daysOf(firstDayOf(year), last < lastDayOf(year) ? last : lastDayOf(year))) {
    const { x, y } = cornerOf(day);
    if (selected && day >= selected.from && day <= selected.to) {
      canvas.fillStyle = palette.selected;
      canvas.fillRect(x - 1, y - 1, PITCH, PITCH);
    }
    paintDay(canvas, x, y, displayStatus(days?.get(day), throttled), palette);
  }
}

function paintDay(canvas: Canvas, x: number, y: number, status: DisplayStatus, palette: Palette) {
  canvas.fillStyle = palette.status[status];
  canvas.fillRect(x, y, SIZE, SIZE);
  canvas.strokeStyle = palette.mark;
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  MARKS[status](canvas, x, y);
  canvas.stroke();
}

/** The mark of each status. */
const MARKS: Readonly<Record<DisplayStatus, (canvas: Canvas, x: number, y: number) => void>> = {
  "not requested": () => {},
  pending: () => {},
  completed: () => {},
  running(canvas, x, y) {
    canvas.arc(x + SIZE / 2, y + SIZE / 2, 2.5, 0, 2 * Math.PI);
  },
  throttled(canvas, x, y) {
    for (const bar of [4, 8]) {
      canvas.moveTo(x + bar, y + 3);
      canvas.lineTo(x + bar, y + 9);
    }
  },
  empty(canvas, x, y) {
    canvas.moveTo(x + 3, y + SIZE / 2);
    canvas.lineTo(x + 9, y + SIZE / 2);
  },
  failed(canvas, x, y) {
    canvas.moveTo(x + 3, y + 3);
    canvas.lineTo(x + 9, y + 9);
    canvas.moveTo(x + 9, y + 3);
    canvas.lineTo(x + 3, y + 9);
  },
};

/** The top left corner of a day's rectangle in the picture of its year. */
export function cornerOf(day: UtcDay): { readonly x: number; readonly y: number } {
  const { column, row } = cellOf(day);
  return { x: LEFT + column * PITCH, y: TOP + row * PITCH };
}

/** The day at a position in the picture. */
export function dayUnder(year: number, x: number, y: number): UtcDay | undefined {
  return dayAt({ year, column: Math.floor((x - LEFT) / PITCH), row: Math.floor((y - TOP) / PITCH) });
}
