import type { DayView } from "../../src/contract/backfill.ts";
import { type Column, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { ObjectFacts } from "./object-facts.ts";

/** What the ledger says of a day against what its object holds; empty where both agree. */
export function contradictions(day: DayView, facts: ObjectFacts | undefined): string[] {
  const label = `${day.date} ${day.site}`;
  if (day.status !== "completed" && day.status !== "empty") {
    return [`${label}: ${day.status}${day.failure ? `: ${day.failure.message}` : ""}`];
  }
  const { evidence } = day;
  if (!evidence) return [`${label}: the ledger holds no evidence`];
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

/** Days shown of a long range: its first and its last. */
const EDGE_DAYS = 6;

/** The days with what was fetched (by the ledger) and what is stored (by DuckDB), and their sums. */
export function dayTable(
  days: readonly DayView[],
  facts: ReadonlyMap<string, ObjectFacts>,
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

function rowOf(day: DayView, facts: ObjectFacts | undefined): string[] {
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

function sumsOf(days: readonly DayView[], facts: ReadonlyMap<string, ObjectFacts>): string[] {
  const stored = days.flatMap((day) => facts.get(day.r2_path ?? "") ?? []);
  const rows = total(stored, (object) => object.rows);
  const bytes = total(stored, (object) => object.bytes);
  return [
    `${formatCount(days.length)} in all`,
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

/** Where every fetched sample went, in one line. */
export function balanceLine(days: readonly DayView[]): string {
  const sum = (of: (evidence: NonNullable<DayView["evidence"]>) => number) =>
    formatCount(total(days, (day) => (day.evidence ? of(day.evidence) : 0)));
  return (
    `${sum((e) => e.fetched)} fetched = ${sum((e) => e.written)} written + ${formatCount(total(days, rejectedOf))} rejected` +
    ` + ${sum((e) => e.duplicates)} duplicate + ${sum((e) => e.unconfigured)} unconfigured + ${sum((e) => e.outside)} outside`
  );
}

const rejectedOf = (day: DayView) => total(Object.values(day.evidence?.rejected ?? {}), (count) => count);
const perSample = (bytes: number, rows: number) => (rows === 0 ? "-" : (bytes / rows).toFixed(2));

function total<T>(of: readonly T[], value: (item: T) => number): number {
  return of.reduce((sum, item) => sum + value(item), 0);
}
