export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Moves to a separate line below the row when the terminal is too narrow for all columns. */
  readonly below?: boolean;
}

/** Aligned lines, no wider than `width` where possible. The last `footRows` rows are below a rule. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly width: number; readonly footRows?: number },
): string[] {
  const cells = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  const indexes = [...columns.keys()];
  const lineOf = (row: readonly string[], of: readonly number[], gap: string) =>
    of
      .map((index) => {
        const cell = row[index] ?? "";
        const width = widths[index] ?? 0;
        return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(gap)
      .trimEnd();

  const fits = widths.reduce((sum, width) => sum + width + 2, -2) <= options.width;
  const beside = fits ? indexes : indexes.filter((index) => !columns[index]?.below);
  const below = fits ? [] : indexes.filter((index) => columns[index]?.below);
  const room = beside.reduce((sum, index) => sum + (widths[index] ?? 0) + 2, -2);
  const gap = room <= options.width ? "  " : " ";
  const blocks = cells.map((row) => {
    const under = lineOf(row, below, gap).trimStart();
    return [lineOf(row, beside, gap), ...(under === "" ? [] : [`  ${under}`])];
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
