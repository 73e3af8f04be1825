import { BIGINT, DOUBLE, VARCHAR } from "@duckdb/node-api";
import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { keyValuesWithArrow, READERS } from "../../../test/reference/other-readers.ts";
import { lines, type Row } from "../../../test/reference/truth.ts";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import { columnsOf, referenceRows } from "../../../test/support/parquet/reference.ts";
import { DAY_START_MS, SHAPES, type Shape, SITE } from "../../../test/support/parquet/shapes.ts";
import { DAY_MS } from "../../domain/day.ts";
import { CREATED_BY } from "../file-format.ts";
import { recount } from "../read/read.ts";

describe.each(SHAPES)("a file of $title", (shape) => {
  const expected = rowsOf(shape);
  const file = fileOf(shape);

  it.each(READERS)("is read row by row, bit by bit, by %s", async (_, read) => {
    expect(lines(await read(file))).toEqual(lines(expected));
  });

  it("has the right counts by our own recount", async () => {
    const times = expected.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    expect(await finish(recount(fileBuffer(file), SITE))).toEqual({
      rows: expected.length,
      points: new Set(expected.map(({ point_name }) => point_name)).size,
      firstTimestampMs: times[0],
      lastTimestampMs: times.at(-1),
      sorted: true,
      siteMatches: true,
    });
  });

  it("has in its footer the number of rows, created_by and its site, day and format version", () => {
    const { num_rows, row_groups, key_value_metadata, created_by } = parquetMetadata(
      fileBuffer(file).slice(0),
    );
    const sizes = groupsOf(shape).map(({ length }) => BigInt(length));
    expect({ num_rows, key_value_metadata, created_by }).toEqual({
      num_rows: BigInt(expected.length),
      key_value_metadata: [
        { key: "site_name", value: SITE },
        { key: "date", value: "2024-01-15" },
        { key: "format_version", value: "1.2.0" },
      ],
      created_by: CREATED_BY,
    });
    expect(row_groups.map((group) => group.num_rows)).toEqual(sizes);
  });

  it("says its site, day and format version to DuckDB and to Arrow's Rust reader", async () => {
    const expected = { site_name: SITE, date: "2024-01-15", format_version: "1.2.0" };
    const sql = (path: string) =>
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`;
    const rows = await queryWithDuckdb(file, sql);
    expect(Object.fromEntries(rows.map(({ key, value }) => [key, value]))).toEqual(expected);
    expect(Object.fromEntries(await keyValuesWithArrow(file))).toMatchObject(expected);
  });

  it("has minimum and maximum of every column chunk, not truncated, as DuckDB reads them", async () => {
    const bounds = await queryWithDuckdb(
      file,
      (path) => `SELECT path_in_schema AS name, stats_min_value AS min, stats_max_value AS max
        FROM parquet_metadata('${path}') ORDER BY row_group_id, column_id`,
    );
    expect(bounds.map(typed)).toEqual(groupsOf(shape).flatMap(boundsOf));
  });

  it("has statistics by which DuckDB's filters find every row", async () => {
    const picked = expected.filter((_, row) => row % Math.ceil(expected.length / 5) === 0);
    for (const { point_name, timestamp, value } of picked) {
      const [found] = await queryWithDuckdb(
        file,
        (path) => `SELECT (SELECT count(*) FROM '${path}' WHERE point_name = $1) AS names,
          (SELECT count(*) FROM '${path}' WHERE timestamp = make_timestamptz($2)) AS times,
          (SELECT count(*) FROM '${path}' WHERE value = $3) AS values`,
        [point_name, BigInt(timestamp) * 1000n, value],
        [VARCHAR, BIGINT, DOUBLE],
      );
      const count = (like: (row: Row) => boolean) => BigInt(expected.filter(like).length);
      expect(found).toEqual({
        names: count((row) => row.point_name === point_name),
        times: count((row) => row.timestamp === timestamp),
        values: count((row) => row.value === value),
      });
    }
  });
});

describe("a file", () => {
  it("is read alike by all three readers, for any names, times and values", async () => {
    const shapes = fc
      .uniqueArray(fc.string({ unit: "binary", maxLength: 40 }).filter(readAlike), {
        minLength: 1,
        maxLength: 8,
      })
      .chain((names) => {
        const sample = fc.record({
          point: fc.nat(names.length - 1),
          micros: fc.nat(DAY_MS * 1000 - 1).map((micros) => DAY_START_MS * 1000 + micros),
          value: fc.double({ noNaN: true, noDefaultInfinity: true }),
        });
        return fc.record({
          title: fc.constant("any"),
          names: fc.constant(names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))),
          samples: fc.array(sample, { maxLength: 60 }),
          rowGroupSize: fc.integer({ min: 1, max: 30 }),
        });
      });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const expected = lines(rowsOf(shape));
        const file = fileOf(shape);
        for (const [, read] of READERS) expect(lines(await read(file))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("has the promised type, encoding and compression of each column", async () => {
    const file = fileOf(DICTIONARIES as Shape);
    const columns = await queryWithDuckdb(
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
    const schema = await queryWithDuckdb(
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
});

/** A file in which every column has the encoding that is intended for it. */
const DICTIONARIES = SHAPES.find(({ title }) => title.includes("dictionary"));

/** False for a name that begins with a byte order mark, which JavaScript decoders remove. */
function readAlike(name: string): boolean {
  return !name.startsWith("\ufeff");
}

function fileOf({ names, samples, rowGroupSize }: Shape): Uint8Array {
  return encodeDay({ site: SITE, dayStartMs: DAY_START_MS, names }, [columnsOf(samples)], { rowGroupSize });
}

function rowsOf({ names, samples }: Shape): Row[] {
  return referenceRows(samples).map(({ point, timestampMs, value }) => ({
    timestamp: timestampMs,
    point_name: names[point] ?? "",
    value,
    site_name: SITE,
  }));
}

function groupsOf(shape: Shape): Row[][] {
  const rows = rowsOf(shape);
  return Array.from({ length: Math.ceil(rows.length / shape.rowGroupSize) }, (_, group) =>
    rows.slice(group * shape.rowGroupSize, (group + 1) * shape.rowGroupSize),
  );
}

interface Bounds {
  readonly name: string;
  readonly min: unknown;
  readonly max: unknown;
}

/** The specification requires -0 as a minimum and +0 as a maximum, for zeros of either sign. */
function boundsOf(rows: readonly Row[]): Bounds[] {
  const times = rows.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
  const values = rows.map(({ value }) => value).sort((a, b) => a - b);
  const [least, greatest] = [values[0], values.at(-1)];
  return [
    { name: "timestamp", min: times[0], max: times.at(-1) },
    { name: "point_name", min: rows[0]?.point_name, max: rows.at(-1)?.point_name },
    { name: "value", min: least === 0 ? -0 : least, max: greatest === 0 ? 0 : greatest },
    { name: "site_name", min: SITE, max: SITE },
  ];
}

/** DuckDB returns all bounds as text. */
function typed({ name, min, max }: Record<string, unknown>): Bounds {
  const read = (text: unknown) => {
    if (name === "timestamp") return Date.parse(`${String(text).replace(" ", "T")}:00`);
    return name === "value" ? Number(text) : text;
  };
  return { name: String(name), min: read(min), max: read(max) };
}

async function finish<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  while (true) {
    const step = await generator.next();
    if (step.done) return step.value;
  }
}
