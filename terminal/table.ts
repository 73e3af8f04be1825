import { shortened, wrapped } from "./wrap.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Moves to separate lines below the row when the terminal is too narrow for all columns. */
  readonly below?: boolean;
  /** Has names, which are shortened in the middle when the terminal is too narrow for all columns. */
  readonly names?: boolean;
}

/** Names are not made shorter than that: they would say nothing. */
const NAME_COLUMNS_MIN = 12;

/** Aligned lines, no wider than `width` where possible. The last `footRows` rows are below a rule. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly width: number; readonly footRows?: number },
): string[] {
  const cells = [columns.map((column) => column.title), ...rows];
  const longest = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  const indexes = [...columns.keys()];
  const widthOf = (of: readonly number[], widths: readonly number[], gap: number) =>
    of.reduce((sum, index) => sum + (widths[index] ?? 0) + gap, -gap);

  const fits = widthOf(indexes, longest, 2) <= options.width;
  const beside = fits ? indexes : indexes.filter((index) => !columns[index]?.below);
  const below = fits ? [] : indexes.filter((index) => columns[index]?.below);
  const gap = widthOf(beside, longest, 2) <= options.width ? "  " : " ";
  const tooWide = Math.max(0, widthOf(beside, longest, gap.length) - options.width);
  const widths = longest.map((width, index) =>
    columns[index]?.names ? Math.max(Math.min(width, NAME_COLUMNS_MIN), width - tooWide) : width,
  );
  const lineOf = (row: readonly string[]) =>
    beside
      .map((index) => {
        const width = widths[index] ?? 0;
        const cell = shortened(row[index] ?? "", width);
        return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(gap)
      .trimEnd();
  const blocks = cells.map((row) => {
    const under = below
      .map((index) => row[index] ?? "")
      .join(gap)
      .trim();
    return [lineOf(row), ...(under === "" ? [] : wrapped(`  ${under}`, options.width).split("\n"))];
  });
  const rule = "─".repeat(Math.max(...blocks.flat().map((line) => line.length)));
  const footFrom = blocks.length - (options.footRows ?? 0);
  return [
    ...(blocks[0] ?? []),
    rule,
    ...blocks.slice(1, footFrom).flat(),
    ...(options.footRows ? [rule] : []),
    ...blocks.slice(footFrom).flat(),
  ];
}
