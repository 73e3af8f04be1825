import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UtcDay } from "../../src/domain/day.ts";
import { compareCsv } from "./csv-check.ts";
import { openCsvFiles } from "./csv-plan.ts";
import { quoted } from "./object-contents.ts";
import { faultsOf } from "./scenario.ts";

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
  "2024-01-01 00:00:04,15 V",
  "2024-01-01 00:00:05,nan",
  "2024-01-01 00:00:06,",
  "2024-01-02 00:00:00,9",
];

/** A CSV against stored rows of [milliseconds into the day, value]. */
async function compared(rows: [number, number][], lines: readonly string[] = LINES, end = "\r\n") {
  const csv = join(folder, "it's.csv");
  writeFileSync(csv, lines.join(end));
  const path = join(folder, "day.parquet");
  const values = rows.map(
    ([ms, value]) => `(epoch_ms(${Date.UTC(2024, 0, 1) + ms}), 'csv/it''s', ${value}::DOUBLE)`,
  );
  // DuckDB would not know the types of a table without rows.
  values.push(`(epoch_ms(${Date.UTC(2024, 0, 1)}), 'another point', 0::DOUBLE)`);
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

const MS = Date.UTC(2024, 0, 1);
it.each([
  ["without a header", ["2024-01-01 00:00:00,1.5", "2024-01-01 00:00:01,2"]],
  [
    "after a byte order mark, with blank lines",
    ["\uFEFFt,v", "2024-01-01 00:00:00,1.5", "", "2024-01-01 00:00:01,2", "", ""],
  ],
  ["with the value first", ["value,time", "1.5,2024-01-01 00:00:00", "2,2024-01-01 00:00:01"]],
  ["with quotes", ['"t","v"', '"2024-01-01 00:00:00","1.5"', '"2024-01-01 00:00:01", "2"']],
  ["with decimal commas", ["t;v", "2024-01-01 00:00:00;1,5", "2024-01-01 00:00:01;2"]],
  ["with tabs", ["2024-01-01 00:00:00\t1.5", "2024-01-01 00:00:01\t2"]],
  ["with offsets", ["2024-01-01 01:00:00+01:00,1.5", "2023-12-31T16:00:01-0800,2"]],
  [
    "with zones of other spellings",
    ["2024-01-01 01:00 +01,1.5", "2024-01-01 00:00:01 UTC,2", "2024-01-02T00:00Z,3"],
  ],
  [
    "without seconds, and of a day alone",
    ["2024-01-01,1.5", "2024-01-01 00:00:01.000000999,2", "2024-01-02T00:00,3"],
  ],
  ["in unix seconds", ["1704067200,1.5", "1704067201.0009999,2"]],
  ["in unix milliseconds", [`${MS},1.5`, `${MS + 1_000}.9,2`]],
])("DuckDB reads the same rows of a file %s", async (_, lines) => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const stored: [number, number][] = [
      [0, 1.5],
      [1_000, 2],
    ];
    expect(await compared(stored, lines, end)).toMatchObject({ csvRows: 2, fileRows: 2, differences: 0 });
  }
});

it("counts a sample that was taken for a header as a difference", async () => {
  const path = join(folder, "headless.csv");
  writeFileSync(path, "2024-01-01 00:00:00,1.5\n2024-01-01 00:00:01,2\n");
  const stored = join(folder, "second.parquet");
  await duckdb.run(
    `COPY (SELECT epoch_ms(${MS + 1_000}) AS timestamp, 'csv/headless' AS point_name, 2::DOUBLE AS value) TO ${quoted(stored)} (FORMAT parquet)`,
  );
  const [file] = openCsvFiles([path]);
  if (!file) throw new Error("one file was opened");
  const opened = { duckdb, files: new Map([["key", { path: stored, bytes: 0, sha256: "" }]]) };
  const wrong = { ...file, form: { ...file.form, hasHeader: true } };
  expect((await compareCsv(wrong, opened, "2024-01-02" as UtcDay)).differences).toBe(2);
});

it("a file of which no value is a number is a fault, also where nothing differs", async () => {
  const words = await compared([], ["2024-01-01 00:00:00,open", "2024-01-01 00:00:01,closed"]);
  expect(words).toMatchObject({ csvRows: 2, notNumbers: 2, fileRows: 0, differences: 0 });
  expect(faultsOf(words)).toEqual([expect.stringContaining("none of the 2 values is a number")]);
  const some = await compared([[0, 1]], ["2024-01-01 00:00:00,1", "2024-01-01 00:00:01,closed"]);
  expect(faultsOf(some)).toEqual([]);
});
