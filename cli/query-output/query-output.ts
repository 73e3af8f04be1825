import type { QueryAnswer, Sample } from "../../src/contract/query.ts";
import { decimalOf } from "../../src/query/answer/answer.ts";
import { type Column, chartLines, type Dot, formatCount, tableLines } from "../../terminal/terminal.ts";
import { csvLine, note, print, printAndDrain, stdoutWidth } from "../output.ts";
import type { TimeRange } from "../time-range.ts";
import type { Units } from "./units.ts";

/** The forms in which `npx bv-backfill query` prints its result. The door of this folder. */
export { expandPatterns, unknownSiteLines } from "./known-points.ts";
export { missingPointLines, pointsWithoutSamples } from "./missing-points.ts";
export { printKnownPoints, printPoints } from "./points-output.ts";
export { type Units, unitsOf } from "./units.ts";

type Pages = AsyncIterable<QueryAnswer>;

export async function printCsv(pages: Pages): Promise<void> {
  print(csvLine(["point_name", "timestamp", "value"]));
  for await (const { samples } of pages) {
    const lines = samples.map((of) => csvLine([of.point_name, of.timestamp, of.value]));
    if (lines.length > 0) await printAndDrain(lines.join("\n"));
  }
}

/** The first `limit` rows of the pages; calls `onCut` where more follow. */
export async function* firstRows(
  pages: Pages,
  limit: number,
  onCut: () => void,
): AsyncGenerator<QueryAnswer> {
  let left = limit;
  for await (const page of pages) {
    const samples = page.samples.slice(0, left);
    left -= samples.length;
    yield { ...page, samples };
    if (left > 0) continue;
    if (page.samples.length > samples.length || page.metadata.next_cursor !== null) onCut();
    return;
  }
}

/** Prints a JSON object per line. */
export async function printNdjson(pages: Pages): Promise<void> {
  for await (const { samples } of pages) {
    if (samples.length > 0) await printAndDrain(samples.map(jsonOf).join("\n"));
  }
}

/** Like the Worker's JSON: JSON.stringify would drop the sign of -0. */
const jsonOf = ({ value, ...sample }: Sample) =>
  `${JSON.stringify(sample).slice(0, -1)},"value":${value === null ? "null" : decimalOf(value)}}`;

/** The columns of a table: units are in the title where all points have the same. */
const columnsOf = (common: string | undefined, areMixed: boolean): Column[] => [
  { title: "point", align: "left", names: true },
  { title: "time (UTC)", align: "left" },
  { title: common === undefined ? "value" : `value (${common})`, align: "right" },
  ...(areMixed ? [{ title: "units", align: "left" } as const] : []),
];

/** Prints the first page that has rows; a page may be empty though later pages have rows. Returns whether there are more. */
export async function printTable(pages: Pages, units: Units): Promise<boolean> {
  for await (const { samples, metadata } of pages) {
    if (samples.length === 0) continue;
    const different = new Set(samples.map(({ point_name }) => units.get(point_name)));
    const areMixed = different.size > 1;
    const columns = columnsOf(areMixed ? undefined : [...different][0], areMixed);
    const rows = samples.map((sample) => [
      ...rowOf(sample),
      ...(areMixed ? [units.get(sample.point_name) ?? ""] : []),
    ]);
    for (const line of tableLines(columns, rows, { width: stdoutWidth() })) print(line);
    if (metadata.next_cursor === null) return false;
    note(
      `These are the first ${formatCount(samples.length)} rows. For more, use --limit; for all, use --csv.`,
    );
    return true;
  }
  return false;
}

const rowOf = ({ point_name, timestamp, value }: Sample) => [
  point_name,
  timestamp.replace("T", " ").replace("Z", ""),
  value === null ? "-" : decimalOf(value),
];

const ROWS_OF_SINGLE_CHART = 8;
/** Low charts below each other show the shape of each line, to compare them. */
const ROWS_OF_EACH_CHART = 3;

/** A chart for each point that has samples, each with its own scale. */
export async function pointCharts(
  pages: Pages,
  points: readonly string[],
  range: TimeRange,
  columns: number,
  units: Units,
): Promise<string[]> {
  const dots = new Map<string, Dot[]>(points.map((point) => [point, []]));
  for await (const { samples } of pages) {
    for (const { point_name, timestamp, value } of samples) {
      if (value !== null) dots.get(point_name)?.push({ ms: Date.parse(timestamp), value });
    }
  }
  const rows = points.length === 1 ? ROWS_OF_SINGLE_CHART : ROWS_OF_EACH_CHART;
  return [...dots].flatMap(([point, drawn]) =>
    drawn.length === 0 ? [] : [titleOf(point, units), ...chartLines(drawn, { ...range, columns, rows })],
  );
}

function titleOf(point: string, units: Units): string {
  const own = units.get(point);
  return own === undefined ? point : `${point} (${own})`;
}
