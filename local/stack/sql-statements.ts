/**
 * Splits a SQL file into its statements, as D1 takes them. The file must have no ";" or "--" inside quotes. A separate
 * file, because tests import it inside workerd, which cannot load what the other files import.
 */
export function sqlStatements(sql: string): string[] {
  return sql
    .replaceAll(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
