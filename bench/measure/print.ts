import { tableLines } from "../../terminal/terminal.ts";
import type { Section, Table } from "./section.ts";
import { FIGURE_COLUMNS, type Figure, figureRow } from "./verdict.ts";

const WIDTH = 140;

/** Prints the tables and figures of a section; true where no figure exceeds its bound. */
export function printSection(title: string, { tables, figures }: Section): boolean {
  console.log(`\n${title}`);
  for (const table of tables) printTable(table);
  if (figures.length > 0) printFigures(figures);
  return figures.every(({ ok }) => ok !== false);
}

function printTable({ title, columns, rows }: Table): void {
  console.log(`\n${title}`);
  const aligned = columns.map((column, at) => ({
    title: column,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  for (const line of tableLines(aligned, rows, { width: WIDTH })) console.log(line);
}

function printFigures(figures: readonly Figure[]): void {
  const columns = FIGURE_COLUMNS.map((title, at) => ({
    title,
    align: at === 1 ? ("right" as const) : ("left" as const),
  }));
  console.log("");
  for (const line of tableLines(columns, figures.map(figureRow), { width: WIDTH })) console.log(line);
}
