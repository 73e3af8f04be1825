import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "./truth.ts";

/** A file's rows as DuckDB reads them, in the file's order. */
export async function readWithDuckdb(file: Uint8Array): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-duckdb-"));
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    const path = join(folder, "day.parquet");
    writeFileSync(path, file);
    const result = await connection.runAndReadAll(
      `SELECT epoch_ms(timestamp) AS timestamp, point_name, value, site_name FROM '${path}'`,
    );
    return result.getRowObjects().map((row) => ({ ...row, timestamp: Number(row.timestamp) }) as Row);
  } finally {
    connection.closeSync();
    rmSync(folder, { recursive: true });
  }
}
