import type { QueryAnswer, Sample } from "../src/contract/query.ts";
import { decimalOf } from "../src/query/answer/answer.ts";
import { type Column, chartLines, type Dot, formatCount, tableLines } from "../terminal/terminal.ts";
import { csvLine } from "./csv.ts";
import { note, pour, say, stdoutWidth } from "./terminal.ts";
import type { TimeRange } from "./time-range.ts";

type Pages = AsyncIterable<QueryAnswer>;

export async function sayCsv(pages: Pages): Promise<void> {
  say(csvLine(["point_name", "timestamp", "value"]));
  for await (const { samples } of pages) {
    const lines = samples.map((of) => csvLine([of.point_name, of.timestamp, of.value]));
    if (lines.length > 0) await pour(lines.join("\n"));
  }
}

export async function sayNdjson(pages: Pages): Promise<void> {
  for await (const { samples } of pages) {
    if (samples.length > 0) await pour(samples.map(jsonOf).join("\n"));
  }
}

/** As the Worker has it: JSON.stringify drops the sign of -0. */
const jsonOf = ({ value, ...sample }: Sample) =>
  `${JSON.stringify(sample).slice(0, -1)},"value":${value === null ? "null" : decimalOf(value)}}`;

const COLUMNS: Column[] = [
  { title: "point", align: "left" },
  { title: "time (UTC)", align: "left" },
  { title: "value", align: "right" },
];

/** The first page alone, whose rows are those that were asked for. */
export async function sayTable(pages: Pages): Promise<void> {
  for await (const { samples, metadata } of pages) {
    for (const line of tableLines(COLUMNS, samples.map(rowOf), { width: stdoutWidth() })) say(line);
    if (metadata.next_cursor !== null)
      note(
        `The first ${formatCount(samples.length)} rows. There are more: --limit, or --csv for all of them.`,
      );
    break;
  }
}

const rowOf = ({ point_name, timestamp, value }: Sample) => [
  point_name,
  timestamp.replace("T", " ").replace("Z", ""),
  value === null ? "-" : decimalOf(value),
];

const ROWS_ALONE = 8;
/** Of one among several: a line's shape, to be compared with the next one's. */
const ROWS_AMONG = 3;

/** Every point in a frame of its own, each with its own scale. */
export async function chartOf(
  pages: Pages,
  points: readonly string[],
  range: TimeRange,
  columns: number,
): Promise<string[]> {
  const dots = new Map<string, Dot[]>(points.map((point) => [point, []]));
  for await (const { samples } of pages) {
    for (const { point_name, timestamp, value } of samples) {
      if (value !== null) dots.get(point_name)?.push({ ms: Date.parse(timestamp), value });
    }
  }
  const rows = points.length === 1 ? ROWS_ALONE : ROWS_AMONG;
  return [...dots].flatMap(([point, drawn]) => [
    point,
    ...(drawn.length === 0 ? ["  no samples"] : chartLines(drawn, { ...range, columns, rows })),
  ]);
}
