import type { DayView } from "../../src/contract/backfill.ts";
import { type Column, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { ObjectContents } from "./object-contents.ts";

/** The differences between a day in the ledger and its object; empty when both agree. */
export function differences(day: DayView, facts: ObjectContents | undefined): string[] {
  const label = `${day.date} ${day.site}`;
  if (day.status !== "completed" && day.status !== "empty") {
    return [`${label}: ${day.status}${day.failure ? `: ${day.failure.message}` : ""}`];
  }
  const { evidence } = day;
  if (!evidence) return [`${label}: the ledger has no evidence`];
  if (!facts) return [`${label}: ${day.r2_path ?? "its object"} is not stored`];
  const compared: [string, number | string | null, number | string | null][] = [
    ["rows", evidence.written, facts.rows],
    ["points", evidence.points, facts.points],
    ["the first timestamp", iso(evidence.first_timestamp), iso(facts.first)],
    ["the last timestamp", iso(evidence.last_timestamp), iso(facts.last)],
    ["bytes", evidence.bytes, facts.bytes],
    ["the SHA-256", evidence.sha256, facts.sha256],
  ];
  return compared.flatMap(([what, ledger, object]) =>
    ledger === object ? [] : [`${label}: ${what}: ${ledger} in the ledger, ${object} in the object`],
  );
}

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const COLUMNS: Column[] = [
  { title: "day", align: "left" },
  { title: "site", align: "left" },
  { title: "status", align: "left", below: true },
  { title: "fetched", align: "right" },
  { title: "written", align: "right" },
  { title: "rejected", align: "right" },
  { title: "points", align: "right" },
  { title: "bytes", align: "right" },
  { title: "B/sample", align: "right" },
  { title: "object", align: "left", below: true },
];

/** So many days at each end of a long range are shown. */
const EDGE_DAYS = 6;

/** The days with what was fetched (from the ledger) and what is stored (from DuckDB), and their sums. */
export function dayTable(
  days: readonly DayView[],
  facts: ReadonlyMap<string, ObjectContents>,
  width: number,
): string[] {
  const rows = days.map((day) => rowOf(day, facts.get(day.r2_path ?? "")));
  const hidden = rows.length - 2 * EDGE_DAYS;
  const shown =
    hidden > 1
      ? [...rows.slice(0, EDGE_DAYS), [`… ${formatCount(hidden)} more`], ...rows.slice(-EDGE_DAYS)]
      : rows;
  return tableLines(COLUMNS, [...shown, sumsOf(days, facts)], { width, footRows: 1 });
}

function rowOf(day: DayView, facts: ObjectContents | undefined): string[] {
  return [
    day.date,
    day.site,
    day.status,
    day.evidence ? formatCount(day.evidence.fetched) : "-",
    facts ? formatCount(facts.rows) : "-",
    day.evidence ? formatCount(rejectedOf(day)) : "-",
    facts ? formatCount(facts.points) : "-",
    facts ? formatCount(facts.bytes) : "-",
    facts ? perSample(facts.bytes, facts.rows) : "-",
    day.r2_path ?? "-",
  ];
}

function sumsOf(days: readonly DayView[], facts: ReadonlyMap<string, ObjectContents>): string[] {
  const stored = days.flatMap((day) => facts.get(day.r2_path ?? "") ?? []);
  const rows = total(stored, (object) => object.rows);
  const bytes = total(stored, (object) => object.bytes);
  return [
    `total ${formatCount(days.length)}`,
    "",
    "",
    formatCount(total(days, (day) => day.evidence?.fetched ?? 0)),
    formatCount(rows),
    formatCount(total(days, rejectedOf)),
    "",
    formatCount(bytes),
    perSample(bytes, rows),
    "",
  ];
}

/** How the counts of samples are made of each other, and what each of them means. */
export function balanceLines(days: readonly DayView[]): string[] {
  const sum = (of: (evidence: NonNullable<DayView["evidence"]>) => number) =>
    total(days, (day) => (day.evidence ? of(day.evidence) : 0));
  const [written, duplicates] = [sum((e) => e.written), sum((e) => e.duplicates)];
  const dropped = [
    `${formatCount(total(days, rejectedOf))} rejected`,
    `${formatCount(sum((e) => e.unconfigured))} unconfigured`,
    `${formatCount(sum((e) => e.outside))} outside`,
  ];
  return [
    `${formatCount(sum((e) => e.fetched))} fetched = ${formatCount(written + duplicates)} accepted + ${dropped.join(" + ")}`,
    `${formatCount(written + duplicates)} accepted = ${formatCount(written)} written + ${formatCount(duplicates)} duplicate`,
    "",
    "fetched: rows that the API sent. accepted: those with a number and a time of the day, of a configured point.",
    "written: rows in the files, one for each point and millisecond.",
  ];
}

const rejectedOf = (day: DayView) => total(Object.values(day.evidence?.rejected ?? {}), (count) => count);
const perSample = (bytes: number, rows: number) => (rows === 0 ? "-" : (bytes / rows).toFixed(2));

function total<T>(of: readonly T[], value: (item: T) => number): number {
  return of.reduce((sum, item) => sum + value(item), 0);
}
