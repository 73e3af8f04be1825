import { referenceTime } from "../reference/time.ts";
import { referenceValue } from "../reference/value.ts";
import type { AcceptedPage } from "./fetch-day.ts";
import type { VendorRow } from "./vendor.ts";
import { DAY_END, DAY_START, NAMES } from "./world.ts";

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
export function rowsOf(rows: readonly VendorRow[]): FileRow[] {
  const samples = rows
    .map((row) => judge(row, DAY_START, DAY_END))
    .filter((sample) => typeof sample === "object");
  const sorted = samples.sort(
    (a, b) =>
      NAMES.indexOf(a.name) - NAMES.indexOf(b.name) || a.micros - b.micros || compare(a.value, b.value),
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
  const fate = judge(row, DAY_START, DAY_END);
  return fate !== "time" && fate !== "shape";
}

export interface Counts {
  fetched: number;
  kept: number;
  outside: number;
  unconfigured: number;
  rejected: Record<string, number>;
}

/** The count of each row of the pages; rows of a margin are counted by another window. */
export function countsOf(pages: readonly AcceptedPage[]): Counts {
  const counts: Counts = { fetched: 0, kept: 0, outside: 0, unconfigured: 0, rejected: {} };
  for (const { window, sent } of pages) {
    for (const row of sent) {
      const fate = judge(row, window.fromMicros, window.toMicros);
      if (fate === "margin") continue;
      counts.fetched += 1;
      if (typeof fate === "object") counts.kept += 1;
      else if (fate === "outside" || fate === "unconfigured") counts[fate] += 1;
      else counts.rejected[fate] = (counts.rejected[fate] ?? 0) + 1;
    }
  }
  return counts;
}

const SECOND = 1_000_000;

/** The first rule that rejects a row for a time span, or else the sample. */
function judge({ json }: VendorRow, from: number, to: number): Sample | string {
  const row: unknown = JSON.parse(json.replaceAll("~", ""));
  const { name, value, time } = (row ?? {}) as { name?: unknown; value?: unknown; time?: unknown };
  if (typeof name !== "string" || typeof time !== "string") return "shape";
  const at = referenceTime(time);
  if (at === undefined) return "time";
  const micros = Number(at);
  if (micros < from - SECOND || micros > to + SECOND) return "outside";
  if (micros < from || micros >= to) return "margin";
  if (!NAMES.includes(name)) return "unconfigured";
  const number = referenceValue(value);
  return typeof number === "string" ? number : { micros, name, value: number };
}

/** Ascending, -0 below +0. */
function compare(a: number, b: number): number {
  return a - b || Number(Object.is(b, -0)) - Number(Object.is(a, -0)) || 0;
}
