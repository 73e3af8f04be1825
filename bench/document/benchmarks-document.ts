import { FIGURE_COLUMNS, figureRow, type Section } from "../measure/measure.ts";

/** A section with its heading, and what it measures in a sentence or two. */
export interface MeasuredSection extends Section {
  readonly title: string;
  readonly about: string;
}

/** A whole run of the bench. */
export interface BenchRun {
  /** UTC, as `2026-11-24`. */
  readonly date: string;
  readonly command: string;
  readonly quick: boolean;
  readonly machine: readonly string[];
  readonly versions: readonly string[];
  readonly sections: readonly MeasuredSection[];
}

/** The text of docs/benchmarks.md. Pure. */
export function benchmarksDocument({ date, command, quick, machine, versions, sections }: BenchRun): string {
  const size = quick ? "a quick run, with smaller data and fewer turns" : "a full run";
  return `${[
    "# Benchmarks",
    `Written by \`${command}\` on ${date}, ${size}. Do not edit: the next run replaces it.`,
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
    ...sections.flatMap(sectionBlocks),
  ].join("\n\n")}\n`;
}

function sectionBlocks({ title, about, tables, figures }: MeasuredSection): string[] {
  return [
    `## ${title}`,
    about,
    ...tables.flatMap((table) => [`**${table.title}**`, markdownTable(table.columns, table.rows)]),
    ...(figures.length > 0 ? [markdownTable(FIGURE_COLUMNS.slice(0, 3), figures.map(boundedRow))] : []),
  ];
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
