import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "./truth.ts";

/** One for all files of a test run: opening DuckDB takes longer than reading a day. */
let connection: Promise<DuckDBConnection> | undefined;

/** A file's rows as DuckDB reads them, in the file's order. */
export async function readWithDuckdb(file: Uint8Array): Promise<Row[]> {
  connection ??= DuckDBInstance.create().then((instance) => instance.connect());
  const folder = mkdtempSync(join(tmpdir(), "backfill-duckdb-"));
  try {
    const path = join(folder, "day.parquet");
    writeFileSync(path, file);
    const result = await (await connection).runAndReadAll(
      `SELECT epoch_ms(timestamp) AS timestamp, point_name, value, site_name FROM '${path}'`,
    );
    return result.getRowObjects().map((row) => ({ ...row, timestamp: Number(row.timestamp) }) as Row);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
