/** The statements of a file of SQL, one each, as D1 takes them; for files without ";" or "--" inside quotes. */
export function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
