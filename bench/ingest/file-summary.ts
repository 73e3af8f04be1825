import { statSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

/** Counts, bounds and hash of a file's rows by name, independent of the order of the rows. */
export type FileSummary = Readonly<Record<string, string>>;

export async function summarizeFile(path: string): Promise<FileSummary> {
  const duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const result = await duckdb.runAndReadAll(`
    SELECT count(*)::VARCHAR AS rows,
           count(DISTINCT point_name)::VARCHAR AS points,
           -- Of decimals, whose sum does not depend on the order of the rows.
           sum(value::DECIMAL(38, 9))::VARCHAR AS "sum of values",
           min(value)::VARCHAR AS "least value", max(value)::VARCHAR AS "greatest value",
           epoch_ms(min("timestamp"))::VARCHAR AS first, epoch_ms(max("timestamp"))::VARCHAR AS last,
           bit_xor(hash(point_name, epoch_ms("timestamp"), value, site_name))::VARCHAR AS "hash of all rows"
    FROM '${path}'`);
  const [row] = result.getRowObjects();
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value)]));
}

/** Whether the rows are ordered by name and time. */
export async function isSorted(path: string): Promise<boolean> {
  const duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const result = await duckdb.runAndReadAll(`
    SELECT count(*)::INTEGER AS wrong FROM (
      SELECT (point_name, "timestamp") < lag((point_name, "timestamp")) OVER (ORDER BY file_row_number) AS back
      FROM read_parquet('${path}', file_row_number = true)
    ) WHERE back`);
  return result.getRowObjects()[0]?.wrong === 0;
}

/** The size of the same rows in a file with DuckDB's own row groups and format version, written beside it. */
export async function bytesByDefault(path: string): Promise<number> {
  const duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  const standard = `${path}.default`;
  await duckdb.run(`COPY (FROM '${path}') TO '${standard}' (FORMAT parquet)`);
  return statSync(standard).size;
}
