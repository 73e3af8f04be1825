import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";
import type { Row } from "./truth.ts";

/** A connection for all tests of a process, because opening DuckDB takes longer than reading a day. */
let connection: Promise<DuckDBConnection> | undefined;

export function duckdb(): Promise<DuckDBConnection> {
  connection ??= DuckDBInstance.create().then((instance) => instance.connect());
  return connection;
}

/** A file's rows as DuckDB reads them, in the file's order; of a roll-up with all of its columns. */
export async function readWithDuckdb(file: Uint8Array): Promise<Row[]> {
  const rows = await queryWithDuckdb(
    file,
    (path) =>
      `SELECT * REPLACE (epoch_ms(timestamp) AS timestamp) FROM read_parquet('${path}', hive_partitioning = false)`,
  );
  return rows.map((row) => ({ ...row, timestamp: Number(row.timestamp) }) as unknown as Row);
}

/** The result of DuckDB for a query over a file; `values` are the parameters $1, $2 and so on, of these `types`. */
export async function queryWithDuckdb(
  file: Uint8Array,
  sql: (path: string) => string,
  values: DuckDBValue[] = [],
  types: DuckDBType[] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), "backfill-duckdb-"));
  try {
    const path = join(folder, "day.parquet");
    writeFileSync(path, file);
    return (await (await duckdb()).runAndReadAll(sql(path), values, types)).getRowObjects();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
