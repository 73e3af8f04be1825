import type { Interval } from "../src/contract/query.ts";
import { DAY_MS } from "../src/domain/day.ts";

/** A value at a time; a list of them is in order of time. */
export interface Dot {
  readonly ms: number;
  readonly value: number;
}

export interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many terminal cells for the line itself; a cell is two dots wide and four high. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * A line of braille dots with its scale and its times (UTC). Each column of dots spans the values of its time and
 * reaches to the previous column; a column without a value stays empty, so that a gap in the data is a gap in the line.
 */
export function chartLines(dots: readonly Dot[], room: Frame): string[] {
  // Few values over many columns would show gaps that are not in the data.
  const enough = Math.max(COLUMNS_MIN, Math.floor(dots.length / VALUES_PER_CELL));
  const frame = { ...room, columns: Math.min(room.columns, enough) };
  const values = dots.map(({ value }) => value);
  // Not Math.min(...values): a month of raw samples has more values than a call takes arguments.
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const greatest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const heights = frame.rows * DOTS_HIGH;
  const height = (value: number) =>
    greatest > least ? Math.round(((value - least) / (greatest - least)) * (heights - 1)) : heights >> 1;
  const cells = Array.from({ length: frame.rows }, () => new Uint8Array(frame.columns));
  for (const [column, span] of spansOf(dots, frame).entries()) {
    if (!span) continue;
    for (let dot = height(span.least); dot <= height(span.greatest); dot++) {
      const down = heights - 1 - dot;
      const cell = column >> 1;
      const line = cells[down >> 2] as Uint8Array;
      line[cell] = (line[cell] as number) | (BITS[down & 3]?.[column & 1] as number);
    }
  }
  const labels = [label(greatest), label(least)];
  const gutter = Math.max(...labels.map((text) => text.length));
  const lines = cells.map((line, row) => {
    const text = row === 0 ? labels[0] : row === frame.rows - 1 ? labels[1] : "";
    return `${(text ?? "").padStart(gutter)} ┤${String.fromCharCode(...[...line].map((bits) => BRAILLE + bits))}`;
  });
  return [...lines, `${" ".repeat(gutter + 1)}└${"─".repeat(frame.columns)}`, timesLine(frame, gutter + 2)];
}

/** Wide enough for both times below the line. */
const COLUMNS_MIN = 40;
/** A line has one cell for every three values: half as many again as columns of dots. */
const VALUES_PER_CELL = 3;

const BRAILLE = 0x2800;
const DOTS_HIGH = 4;
/** The bits of a cell's dots, from the top down, left and right. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

interface Span {
  readonly least: number;
  readonly greatest: number;
  readonly last: number;
}

function spansOf(dots: readonly Dot[], { fromMs, toMs, columns }: Frame): (Span | undefined)[] {
  const spans: (Span | undefined)[] = Array.from({ length: columns * 2 });
  for (const { ms, value } of dots) {
    const column = Math.floor(((ms - fromMs) / (toMs - fromMs)) * spans.length);
    const span = spans[column] ?? spanAfter(spans[column - 1], value);
    spans[column] = {
      least: Math.min(span.least, value),
      greatest: Math.max(span.greatest, value),
      last: value,
    };
  }
  return spans;
}

const spanAfter = (before: Span | undefined, value: number): Span => {
  const from = before?.last ?? value;
  return { least: from, greatest: from, last: from };
};

function timesLine({ fromMs, toMs, columns }: Frame, indent: number): string {
  const first = timeOf(fromMs);
  const last = timeOf(toMs);
  return " ".repeat(indent) + first + last.padStart(columns - first.length);
}

const timeOf = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

const FIVE_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const label = (value: number) => FIVE_DIGITS.format(value);

const FINEST = { interval: "5min", widthMs: 300_000 } as const;
const INTERVALS: readonly { readonly interval: Interval; readonly widthMs: number }[] = [
  { interval: "1week", widthMs: 7 * DAY_MS },
  { interval: "1day", widthMs: DAY_MS },
  { interval: "1hr", widthMs: 3_600_000 },
  { interval: "15min", widthMs: 900_000 },
  FINEST,
];

/** The coarsest interval that has a value for each column of dots, two to a cell; finer ones would draw no better. */
export function chartInterval(lengthMs: number, columns: number) {
  return INTERVALS.find(({ widthMs }) => lengthMs / widthMs >= 2 * columns) ?? FINEST;
}
