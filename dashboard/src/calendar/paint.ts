import { daysOf, type UtcDay } from "../../../src/domain/day.ts";
import type { SiteDays } from "./days.ts";
import type { Palette } from "./palette.ts";
import { type ShownStatus, shownStatus } from "./shown-status.ts";
import { COLUMNS_MAX, cellOf, dayAt, firstDayOf, lastDayOf, monthColumns, ROWS } from "./year.ts";

/** In CSS pixels: a finger's width is two of them, and a year is as wide as a small screen is. */
export const PITCH = 14;
const SIZE = 12;
const TOP = 16;
/** What is chosen has a frame around it, the first week too. */
const LEFT = 1;
export const YEAR_WIDTH = LEFT + COLUMNS_MAX * PITCH;
export const YEAR_HEIGHT = TOP + ROWS * PITCH;

export interface Picture {
  readonly year: number;
  readonly days: SiteDays | undefined;
  readonly throttled: boolean;
  /** Of this site, where it is part of the selection. */
  readonly selected: { readonly from: UtcDay; readonly to: UtcDay } | undefined;
  /** The last day that can be asked for. */
  readonly last: UtcDay;
}

type Canvas = CanvasRenderingContext2D;

/** Draws a year: one rectangle a day, and a mark where colour alone would tell. */
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
    paintDay(canvas, x, y, shownStatus(days?.get(day), throttled), palette);
  }
}

function paintDay(canvas: Canvas, x: number, y: number, status: ShownStatus | undefined, palette: Palette) {
  canvas.fillStyle = status ? palette.status[status] : palette.unasked;
  canvas.fillRect(x, y, SIZE, SIZE);
  if (!status) return;
  canvas.strokeStyle = palette.mark;
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  MARKS[status](canvas, x, y);
  canvas.stroke();
}

/** What tells the statuses apart without their colours. */
const MARKS: Readonly<Record<ShownStatus, (canvas: Canvas, x: number, y: number) => void>> = {
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

/** Where a day's rectangle begins, in the picture of its year. */
export function cornerOf(day: UtcDay): { readonly x: number; readonly y: number } {
  const { column, row } = cellOf(day);
  return { x: LEFT + column * PITCH, y: TOP + row * PITCH };
}

/** The day under a place in the picture. */
export function dayUnder(year: number, x: number, y: number): UtcDay | undefined {
  return dayAt({ year, column: Math.floor((x - LEFT) / PITCH), row: Math.floor((y - TOP) / PITCH) });
}
