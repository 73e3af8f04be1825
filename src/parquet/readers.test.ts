import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { parquetReadObjects } from "hyparquet";
import { Compression, readParquet, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS } from "../domain/day.ts";
import type { FileSpec } from "./encode.ts";
import { encodeDay } from "./encode-day.ts";
import { columnsOf, referenceRows, type Sample } from "./reference.ts";

const DAY_START_MS = Date.UTC(2024, 0, 15);
const PREFIX = `site/${"building_floor_unit_".repeat(3)}`;

/** `point` of a sample counts as the index in `names`, which are in UTF-8 order. */
interface Case {
  readonly title: string;
  readonly names: readonly string[];
  readonly samples: readonly Sample[];
}

const cases: Case[] = [
  { title: "no row", names: ["a"], samples: [] },
  { title: "one row", names: ["a"], samples: [at(0, 0, 21.5)] },
  {
    title: "10,001 rows, one more than a row group",
    names: ["a", "b"],
    samples: rows(10_001, (i) => at(i % 2, i * 5_000, Math.round(i * 0.7) / 10)),
  },
  {
    title: "10,500 points, nearly as many names in one row group",
    names: rows(10_500, (i) => `${PREFIX}${String(i).padStart(6, "0")}`),
    samples: rows(10_500, (i) => at(i, 0, i)),
  },
  {
    title: "names with a long common prefix, quotes, accents and beyond the basic plane",
    names: [`${PREFIX}'a"`, `${PREFIX}'b\\`, `${PREFIX}größe`, `${PREFIX}\u{ff5e}`, `${PREFIX}\u{1f321}`],
    samples: rows(5, (i) => at(i, i * 1_000, i)),
  },
  {
    title: "the extremes of double, both zeros, and the first and last millisecond of the day",
    names: ["a", "b"],
    samples: [
      ...[-0, 0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 0.1 + 0.2].map((value, i) =>
        at(0, i * 1_000, value),
      ),
      at(1, DAY_MS * 1000 - 1, 1),
    ],
  },
  {
    title: "both zeros in a column that takes a dictionary",
    names: ["a"],
    samples: rows(2_000, (i) => at(0, i * 1_000, i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : 1)),
  },
  {
    title: "ten kinds of value in turns over many row groups",
    names: rows(40, (i) => `p${String(i).padStart(2, "0")}`),
    samples: rows(45_000, (i) => at(i % 40, i * 1_900_001, kind(i % 40, i))),
  },
];

describe.each(cases)("a file of $title", ({ names, samples }) => {
  const spec: FileSpec = { site: "ses_falls_city", dayStartMs: DAY_START_MS, names };
  const expected = referenceRows(samples).map(({ point, timestampMs, value }) => ({
    timestamp: timestampMs,
    point_name: names[point],
    value,
    site_name: "ses_falls_city",
  }));
  const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 10_000 });

  it("is read row by row by DuckDB", async () => {
    const read = await duckdb(
      file,
      (path) => `SELECT epoch_ms(timestamp) AS timestamp, point_name, value, site_name FROM '${path}'`,
    );
    expect(read.map((row) => ({ ...row, timestamp: Number(row.timestamp) }))).toEqual(expected);
  });

  it("is read row by row by hyparquet", async () => {
    expect(await hyparquet(file)).toEqual(expected);
  });

  it("is read row by row by Arrow's Rust reader", async () => {
    // It hands out Arrow; written again without compression or dictionary it comes back as rows.
    const plain = new WriterPropertiesBuilder()
      .setCompression(Compression.UNCOMPRESSED)
      .setDictionaryEnabled(false);
    expect(await hyparquet(writeParquet(readParquet(file), plain.build()))).toEqual(expected);
  });
});

describe("the footer", () => {
  const names = rows(30, (i) => `${PREFIX}${String(i).padStart(3, "0")}`);
  const samples = rows(30_000, (i) => at(i % 30, i * 2_000_000, i % 7));
  const spec = { site: "ses_falls_city", dayStartMs: DAY_START_MS, names };
  const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 10_000 });

  it("holds each row group's least and greatest names whole", async () => {
    const bounds = await duckdb(
      file,
      (path) => `SELECT stats_min_value AS min, stats_max_value AS max FROM parquet_metadata('${path}')
        WHERE path_in_schema = 'point_name' ORDER BY row_group_id`,
    );
    expect(bounds).toEqual([
      { min: names[0], max: names[9] },
      { min: names[10], max: names[19] },
      { min: names[20], max: names[29] },
    ]);
  });

  it("says how each column is typed, packed and compressed", async () => {
    const columns = await duckdb(
      file,
      (path) => `SELECT path_in_schema AS name, type, encodings, compression FROM parquet_metadata('${path}')
        WHERE row_group_id = 0`,
    );
    expect(columns).toEqual([
      { name: "timestamp", type: "INT64", encodings: "DELTA_BINARY_PACKED", compression: "SNAPPY" },
      { name: "point_name", type: "BYTE_ARRAY", encodings: "PLAIN, RLE_DICTIONARY", compression: "SNAPPY" },
      { name: "value", type: "DOUBLE", encodings: "PLAIN, RLE_DICTIONARY", compression: "SNAPPY" },
      { name: "site_name", type: "BYTE_ARRAY", encodings: "PLAIN, RLE_DICTIONARY", compression: "SNAPPY" },
    ]);
    const schema = await duckdb(
      file,
      (
        path,
      ) => `SELECT name, repetition_type AS repetition, converted_type AS converted, logical_type AS logical
        FROM parquet_schema('${path}') WHERE type IS NOT NULL`,
    );
    const timestamp =
      "TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=MilliSeconds(), MICROS=<null>, NANOS=<null>))";
    expect(schema).toEqual([
      { name: "timestamp", repetition: "REQUIRED", converted: "TIMESTAMP_MILLIS", logical: timestamp },
      { name: "point_name", repetition: "REQUIRED", converted: "UTF8", logical: "StringType()" },
      { name: "value", repetition: "REQUIRED", converted: null, logical: null },
      { name: "site_name", repetition: "REQUIRED", converted: "UTF8", logical: "StringType()" },
    ]);
  });

  it("has bounds that DuckDB can prune by: a filter on a name finds all of its rows", async () => {
    const [found] = await duckdb(
      file,
      (path) => `SELECT count(*) AS rows FROM '${path}' WHERE point_name = '${names[17]}'`,
    );
    expect(found).toEqual({ rows: 1000n });
  });
});

let folder: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parquet-"));
  connection = await (await DuckDBInstance.create()).connect();
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

async function duckdb(file: Uint8Array, query: (path: string) => string) {
  const path = join(folder, "day.parquet");
  writeFileSync(path, file);
  return (await connection.runAndReadAll(query(path))).getRowObjects();
}

async function hyparquet(file: Uint8Array) {
  const copy = file.slice().buffer;
  return parquetReadObjects({
    file: { byteLength: file.length, slice: (start, end) => copy.slice(start, end) },
    parsers: { timestampFromMilliseconds: (ms) => Number(ms) },
  });
}

function at(point: number, sinceStart: number, value: number): Sample {
  return { point, micros: DAY_START_MS * 1000 + sinceStart, value };
}

function rows<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function kind(point: number, i: number): number {
  switch (point % 4) {
    case 0:
      return Math.fround(Math.sin(i));
    case 1:
      return i % 2;
    case 2:
      return i;
    default:
      return Math.round(Math.sin(i / 900) * 100) / 10;
  }
}
