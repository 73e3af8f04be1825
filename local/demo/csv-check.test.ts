import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UtcDay } from "../../src/domain/day.ts";
import { compareCsv } from "./csv-check.ts";
import { openCsvFiles } from "./csv-plan.ts";
import { quoted } from "./object-contents.ts";

const folder = mkdtempSync(join(tmpdir(), "csv-check-"));
let duckdb: DuckDBConnection;
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  duckdb.closeSync();
  rmSync(folder, { recursive: true });
});

const LINES = [
  "timestamp,value",
  "2024-01-01 00:00:00,1.5",
  "2024-01-01T00:00:01.000100,7",
  "2024-01-01 00:00:01.000200,2",
  "2024-01-01 00:00:02,3",
  "2024-01-01 00:00:02,4",
  "2024-01-01 00:00:03,Active",
  "2024-01-01 00:00:04,1,5",
  "2024-01-01 00:00:05,nan",
  "2024-01-01 00:00:06,",
  "2024-01-02 00:00:00,9",
];

/** The CSV against stored rows of [milliseconds into the day, value]. */
async function compared(rows: [number, number][]) {
  const csv = join(folder, "it's.csv");
  writeFileSync(csv, LINES.join("\r\n"));
  const path = join(folder, "day.parquet");
  const values = rows.map(
    ([ms, value]) => `(epoch_ms(${Date.UTC(2024, 0, 1) + ms}), 'csv/it''s', ${value}::DOUBLE)`,
  );
  await duckdb.run(
    `COPY (SELECT * FROM (VALUES ${values.join(", ")}) AS t(timestamp, point_name, value)) TO ${quoted(path)} (FORMAT parquet)`,
  );
  const [file] = openCsvFiles([csv]);
  if (!file) throw new Error("one file was opened");
  const opened = { duckdb, files: new Map([["key", { path, bytes: 0, sha256: "" }]]) };
  return compareCsv(file, opened, "2024-01-02" as UtcDay);
}

const STORED: [number, number][] = [
  [0, 1.5],
  [1_000, 2],
  [2_000, 4],
  [3_000, 1],
];

it("finds no difference when each millisecond has the value that the archive's rule selects", async () => {
  expect(await compared(STORED)).toMatchObject({
    csvRows: 9,
    notNumbers: 3,
    distinctMs: 4,
    fileRows: 4,
    differences: 0,
  });
});

it("counts a changed value on both sides, and a missing or an additional row once", async () => {
  const [first = [0, 0], ...others] = STORED;
  expect((await compared([[first[0], 1.6], ...others])).differences).toBe(2);
  expect((await compared(others)).differences).toBe(1);
  expect((await compared([...STORED, first])).differences).toBe(1);
});
