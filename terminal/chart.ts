/** A value at a time; in order of time. */
export interface Dot {
  readonly ms: number;
  readonly value: number;
}

export interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  /** Cells of the terminal for the line itself, at most; a cell is two dots wide and four high. */
  readonly columns: number;
  readonly rows: number;
}

/**
 * A line of braille dots with its scale and its times (UTC). Each column of dots spans what falls into its time, and
 * reaches to the one before it; a column without a value stays empty: a gap in the data is a gap in the line.
 */
export function chartLines(dots: readonly Dot[], room: Frame): string[] {
  // Few values over many columns would be a line of gaps that the data have not.
  const enough = Math.max(COLUMNS_MIN, Math.floor(dots.length / VALUES_A_CELL));
  const frame = { ...room, columns: Math.min(room.columns, enough) };
  const values = dots.map(({ value }) => value);
  // Not spread into Math.min: a month of raw samples is more than a call takes arguments.
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
  const labels = [figure(greatest), figure(least)];
  const gutter = Math.max(...labels.map((label) => label.length));
  const lines = cells.map((line, row) => {
    const label = row === 0 ? labels[0] : row === frame.rows - 1 ? labels[1] : "";
    return `${(label ?? "").padStart(gutter)} ┤${String.fromCharCode(...[...line].map((bits) => BRAILLE + bits))}`;
  });
  return [...lines, `${" ".repeat(gutter + 1)}└${"─".repeat(frame.columns)}`, timesLine(frame, gutter + 2)];
}

/** Room for both times below. */
const COLUMNS_MIN = 40;
/** Half as many again as there are columns of dots. */
const VALUES_A_CELL = 3;

const BRAILLE = 0x2800;
const DOTS_HIGH = 4;
/** Of a cell's dots, from the top down, left and right. */
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
    const span = spans[column] ?? reachedFrom(spans[column - 1], value);
    spans[column] = {
      least: Math.min(span.least, value),
      greatest: Math.max(span.greatest, value),
      last: value,
    };
  }
  return spans;
}

const reachedFrom = (before: Span | undefined, value: number): Span => {
  const from = before?.last ?? value;
  return { least: from, greatest: from, last: from };
};

function timesLine({ fromMs, toMs, columns }: Frame, indent: number): string {
  const first = timeOf(fromMs);
  const last = timeOf(toMs);
  return " ".repeat(indent) + first + last.padStart(columns - first.length);
}

const timeOf = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

const FIGURE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const figure = (value: number) => FIGURE.format(value);
