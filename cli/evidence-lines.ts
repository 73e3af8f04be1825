import type { DayView, Evidence } from "../src/contract/backfill.ts";
import { type Column, formatCount, tableLines } from "../terminal/terminal.ts";

/** One site's days in a table of counts, and below it which points were rejected or are not configured. */
export function evidenceLines(site: string, days: readonly DayView[], width: number): string[] {
  const found = days.flatMap(({ date, evidence }) => (evidence ? [{ date, evidence }] : []));
  if (found.length === 0) return [site, "  no day has evidence"];
  const evidences = found.map(({ evidence }) => evidence);
  // Only a day with rows from hot storage has them.
  const counts = COUNTS.filter((count) => count !== "from_hot" || evidences.some(({ from_hot }) => from_hot));
  const rows = found.map(({ date, evidence }) => [date, ...textsOf(counts, [evidence])]);
  const total = ["total", ...textsOf(counts, evidences)];
  return [
    site,
    ...tableLines(columnsOf(counts), [...rows, total], { width, footRows: 1 }),
    ...rejectedLines(evidences, width),
    ...unconfiguredLines(evidences, width),
    ...unnamedLines(evidences),
  ];
}

const COUNTS = [
  "fetched",
  "from_hot",
  "written",
  "rejected",
  "outside",
  "unconfigured",
  "duplicates",
] as const satisfies (keyof Evidence)[];

type Count = (typeof COUNTS)[number];

const columnsOf = (counts: readonly Count[]): Column[] => [
  { title: "day", align: "left" },
  ...counts.map((count) => ({ title: count.replace("_", " "), align: "right" }) as const),
];

function countOf(evidence: Evidence, count: Count): number {
  if (count !== "rejected") return evidence[count] ?? 0;
  return Object.values(evidence.rejected).reduce((sum, rows) => sum + rows, 0);
}

const textsOf = (counts: readonly Count[], evidences: readonly Evidence[]) =>
  counts.map((count) => formatCount(evidences.reduce((sum, each) => sum + countOf(each, count), 0)));

function rejectedLines(evidences: readonly Evidence[], width: number): string[] {
  const examples = evidences.flatMap((evidence) => evidence.rejected_examples ?? []);
  if (examples.length === 0) return [];
  const groups = Map.groupBy(examples, ({ point_name, reason }) => `${point_name}\n${reason}`);
  const rows = [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const name = first.point_name === "" ? "(no name)" : printable(first.point_name);
    return [[name, first.reason, printable(first.value), formatCount(same.length)]];
  });
  return [
    "",
    "rejected rows (at most 20 points and reasons for each day):",
    ...tableLines(REJECTED_COLUMNS, rows, { width }),
  ];
}

const REJECTED_COLUMNS: readonly Column[] = [
  { title: "point", align: "left" },
  { title: "reason", align: "left" },
  { title: "for example", align: "left" },
  { title: "days", align: "right" },
];

function unconfiguredLines(evidences: readonly Evidence[], width: number): string[] {
  const names = Map.groupBy(
    evidences.flatMap((evidence) => evidence.unconfigured_names ?? []),
    (name) => name,
  );
  if (names.size === 0) return [];
  const rows = [...names].map(([name, same]) => [printable(name), formatCount(same.length)]);
  const columns = REJECTED_COLUMNS.filter(({ title }) => title === "point" || title === "days");
  return [
    "",
    "points that are not configured (at most 20 for each day):",
    ...tableLines(columns, rows, { width }),
  ];
}

/** Says of how many days it is not known which rows were dropped. */
function unnamedLines(evidences: readonly Evidence[]): string[] {
  const unnamed = evidences.filter(
    (evidence) =>
      evidence.rejected_examples === undefined && countOf(evidence, "rejected") + evidence.unconfigured > 0,
  );
  if (unnamed.length === 0) return [];
  const days = unnamed.length === 1 ? "1 day does" : `${formatCount(unnamed.length)} days do`;
  return ["", `${days} not name the dropped points: fetched by an earlier version, or recovered from R2.`];
}

/** The text with its control characters escaped: a point's name may be any text, and a terminal executes escapes. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
