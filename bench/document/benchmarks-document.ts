import { FIGURE_COLUMNS, figureRow, type Section } from "../measure/measure.ts";

/** A section with its heading, what it measures in a sentence or two, and how it was measured. */
export interface MeasuredSection extends Section {
  readonly title: string;
  readonly about: string;
  readonly command: string;
  /** UTC, as `2026-11-24`. */
  readonly date: string;
  readonly quick: boolean;
}

/** What the figures of a document were measured on. */
export interface BenchMachine {
  readonly machine: readonly string[];
  readonly versions: readonly string[];
}

/** The text of docs/benchmarks.md. Pure. */
export function benchmarksDocument(on: BenchMachine, sections: readonly MeasuredSection[]): string {
  return [headOf(on), ...sections.map(sectionText)].join("\n");
}

/**
 * The document with a section in place of the one with its title; undefined where it has none, and where it is of another
 * machine or other versions, whose figures do not belong beside these. Pure.
 */
export function withSection(
  document: string,
  on: BenchMachine,
  section: MeasuredSection,
): string | undefined {
  const [head, ...texts] = document.split(/\n(?=## )/);
  const place = texts.findIndex((text) => text.startsWith(`## ${section.title}\n`));
  if (head !== headOf(on) || place < 0) return undefined;
  return [head, ...texts.with(place, sectionText(section))].join("\n");
}

function headOf({ machine, versions }: BenchMachine): string {
  return `${[
    "# Benchmarks",
    "Written by `npm run bench`. Do not edit: the next run replaces it.",
    [
      "Ratios compare runs side by side on this machine, with the same bytes; absolute times are noise. The rows of all",
      "contenders are compared before their times count. A figure beyond its bound is marked OVER.",
    ].join("\n"),
    markdownTable(
      ["", ""],
      [
        ["machine", machine.join(", ")],
        ["versions", versions.join(", ")],
      ],
      0,
    ),
  ].join("\n\n")}\n`;
}

function sectionText({ title, about, command, date, quick, tables, figures }: MeasuredSection): string {
  const size = quick ? ", a quick run, with smaller data and fewer turns" : "";
  return `${[
    `## ${title}`,
    about,
    `Measured by \`${command}\` on ${date}${size}.`,
    ...tables.flatMap((table) => [`**${table.title}**`, markdownTable(table.columns, table.rows)]),
    ...(figures.length > 0 ? [markdownTable(FIGURE_COLUMNS.slice(0, 3), figures.map(boundedRow))] : []),
  ].join("\n\n")}\n`;
}

/** A bound that is kept needs no further word. */
function boundedRow(figure: Section["figures"][number]): string[] {
  const [what = "", shown = "", bound = "", verdict = ""] = figureRow(figure);
  return [what, shown, verdict === "OVER" ? `${bound} **OVER**` : bound];
}

/** All columns but the first are aligned to the right, where `rightFrom` says nothing else. */
function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  rightFrom = 1,
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const rules = columns.map((_, at) => (rightFrom > 0 && at >= rightFrom ? "--:" : "---"));
  return [line(columns), `|${rules.join("|")}|`, ...rows.map(line)].join("\n");
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|").replaceAll("\n", " ");
