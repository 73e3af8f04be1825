import { runInThisContext } from "node:vm";
import { referenceTime } from "../reference/time.ts";
import { referenceValue } from "../reference/value.ts";
import type { AcceptedPage } from "./fetch-day.ts";
import type { VendorRow } from "./vendor.ts";
import { DAY_END, DAY_START, POINTS, type Points } from "./world.ts";

/** The expected result of a day, computed from the vendor's rows alone, without the production code. */

export interface FileRow {
  readonly timestamp: number;
  readonly point_name: string;
  readonly value: number;
}

interface Sample {
  readonly micros: number;
  readonly name: string;
  readonly value: number;
}

/** The rows of the file: for each point and millisecond the latest row, of simultaneous rows the greatest. */
export function rowsOf(rows: readonly VendorRow[], points: Points): FileRow[] {
  const samples = rows
    .map((row) => judge(row, DAY_START, DAY_END, points))
    .filter((sample) => typeof sample === "object");
  const sorted = samples.sort(
    (a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) ||
      a.micros - b.micros ||
      compare(a.value, b.value),
  );
  return sorted
    .map(({ micros, name, value }) => ({ timestamp: Math.floor(micros / 1_000), point_name: name, value }))
    .filter(({ timestamp, point_name }, index, all) => {
      const next = all[index + 1];
      return next?.timestamp !== timestamp || next.point_name !== point_name;
    });
}

/** Whether the timestamp of the row can be read. */
export function isTimed(row: VendorRow): boolean {
  const fate = judge(row, DAY_START, DAY_END, POINTS.configured);
  return fate !== "time" && fate !== "shape";
}

export interface Counts {
  fetched: number;
  kept: number;
  outside: number;
  unconfigured: number;
  rejected: Record<string, number>;
  dropped: Dropped;
}

interface Dropped {
  rejectedExamples: { point: string; reason: string; value: string }[];
  unconfiguredNames: string[];
}

/** The count of each row of the pages; rows of a margin are counted by another window. */
export function countsOf(pages: readonly AcceptedPage[], points: Points): Counts {
  const dropped: Dropped = { rejectedExamples: [], unconfiguredNames: [] };
  const counts: Counts = { fetched: 0, kept: 0, outside: 0, unconfigured: 0, rejected: {}, dropped };
  const unconfigured = new Set<string>();
  const examples = new Map<string, Dropped["rejectedExamples"][number]>();
  for (const { window, sent } of pages) {
    const ofPage = new Set<string>();
    for (const row of sent) {
      const fate = judge(row, window.fromMicros, window.toMicros, points);
      if (fate === "margin") continue;
      counts.fetched += 1;
      if (typeof fate === "object") counts.kept += 1;
      else if (fate === "outside" || fate === "unconfigured") counts[fate] += 1;
      else counts.rejected[fate] = (counts.rejected[fate] ?? 0) + 1;
      const { name } = fieldsOf(row);
      const ofValue = typeof fate === "object" || !["outside", "time", "shape"].includes(fate);
      if (typeof name === "string" && ofValue && !isConfigured(points, name)) unconfigured.add(name);
      if (typeof fate === "object" || fate === "outside" || fate === "unconfigured") continue;
      const example = exampleOf(row, fate);
      const pair = `${example.point}\n${fate}`;
      const other = examples.get(pair);
      // Of a page its first value, of all pages the least.
      if (!ofPage.has(pair) && !(other && other.value < example.value)) examples.set(pair, example);
      ofPage.add(pair);
    }
  }
  dropped.unconfiguredNames = [...unconfigured].sort().slice(0, 20);
  dropped.rejectedExamples = [...examples].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, example]) => example);
  dropped.rejectedExamples.splice(20);
  return counts;
}

function exampleOf(row: VendorRow, reason: string) {
  const { name, value, time } = fieldsOf(row);
  const isNamed = typeof name === "string" && typeof time === "string";
  const wrong = reason === "shape" ? (isNamed ? name : textOf(row)) : reason === "time" ? time : value;
  const text =
    typeof wrong === "string" ? wrong : typeof wrong === "number" ? String(wrong) : JSON.stringify(wrong);
  return { point: typeof name === "string" ? name : "", reason, value: text.slice(0, 40) };
}

const textOf = ({ json }: VendorRow) => json.replaceAll("~", "");

/** A program may have NaN and Infinity where JSON may not. */
const parsed = (row: VendorRow): unknown => runInThisContext(`(${textOf(row)})`);

const fieldsOf = (row: VendorRow) =>
  (parsed(row) ?? {}) as { readonly name?: unknown; readonly value?: unknown; readonly time?: unknown };

const SECOND = 1_000_000;

/** The first rule that rejects a row for a time span, or else the sample. */
function judge(row: VendorRow, from: number, to: number, points: Points): Sample | string {
  const { name, value, time } = fieldsOf(row);
  if (typeof name !== "string" || typeof time !== "string") return "shape";
  const at = referenceTime(time);
  if (at === undefined) return "time";
  const micros = Number(at);
  if (micros < from - SECOND || micros > to + SECOND) return "outside";
  if (micros < from || micros >= to) return "margin";
  if (!points.all && !isConfigured(points, name)) return "unconfigured";
  // No file can hold a point without a name.
  if (name === "") return "shape";
  const number = referenceValue(value);
  return typeof number === "string" ? number : { micros, name, value: number };
}

const isConfigured = ({ configured }: Points, name: string) => configured.some((each) => each === name);

/** Ascending, -0 below +0. */
function compare(a: number, b: number): number {
  return a - b || Number(Object.is(b, -0)) - Number(Object.is(a, -0)) || 0;
}
