import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { Compression, readParquet, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { expect, test } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import { addDays, type UtcDay } from "../../domain/day.ts";
import { POINTS_GROUP_BYTES, POINTS_GROUP_ROWS } from "../../domain/limits.ts";
import { compareNames } from "../../domain/point-name.ts";
import { NO_FIELDS, type PointRow } from "../../domain/point-row.ts";
import { concatenate } from "../bytes.ts";
import { FileUnreadable } from "../read/read.ts";
import { decodePoints, encodePoints } from "./points.ts";

const SITE = "ses_falls_city";
const DAY = "2024-02-29" as UtcDay;

const TEMP: PointRow = {
  name: "ses/ses_falls_city/8000:33-8033/analogInput/101",
  fields: {
    ...{ units: "degreesFahrenheit", description: "Zone temperature, ground floor", objectName: "ZN-T" },
    ...{ objectType: "analogInput", objectIndex: 101, deviceId: "8033", deviceName: "AHU-7" },
    ...{ deviceAddress: "8000:33", pointType: "bacnet", kvTags: '{"equip":"VAV_7","floor":"2"}' },
    ...{ markerTags: '["point","sensor"]', collectInterval: 300, pointId: "100007" },
  },
  firstSeen: DAY,
  lastSeen: addDays(DAY, 366),
};
const BARE: PointRow = { name: "ses/é/🜁", fields: NO_FIELDS, firstSeen: DAY, lastSeen: DAY };

const encode = (rows: readonly PointRow[]) => concatenate([...encodePoints(SITE, rows)]);

async function decode(bytes: Uint8Array): Promise<PointRow[]> {
  const rows: PointRow[] = [];
  for await (const group of decodePoints(fileBuffer(bytes))) rows.push(...group);
  return rows;
}

/** The rows as any reader returns them, with days as text. */
const tableOf = (rows: readonly PointRow[]) =>
  rows.map(({ name, fields, firstSeen, lastSeen }) => ({
    point_name: name,
    units: fields.units,
    description: fields.description,
    object_name: fields.objectName,
    object_type: fields.objectType,
    object_index: fields.objectIndex,
    device_id: fields.deviceId,
    device_name: fields.deviceName,
    device_address: fields.deviceAddress,
    point_type: fields.pointType,
    kv_tags: fields.kvTags,
    marker_tags: fields.markerTags,
    collect_interval: fields.collectInterval,
    point_id: fields.pointId,
    first_seen: firstSeen,
    last_seen: lastSeen,
    site_name: SITE,
  }));

type Table = Record<string, unknown>[];
const READERS = {
  async hyparquet(file: Uint8Array): Promise<Table> {
    const rows = await parquetReadObjects({ file: fileBuffer(file) });
    const text = (day: Date) => day.toISOString().slice(0, 10);
    return rows.map((row) => ({
      ...row,
      ...{ first_seen: text(row.first_seen), last_seen: text(row.last_seen) },
    }));
  },
  async DuckDB(file: Uint8Array): Promise<Table> {
    return queryWithDuckdb(
      file,
      (path) =>
        `SELECT * REPLACE (first_seen::VARCHAR AS first_seen, last_seen::VARCHAR AS last_seen) FROM '${path}'`,
    );
  },
  async "Arrow's Rust reader"(file: Uint8Array): Promise<Table> {
    const plain = new WriterPropertiesBuilder()
      .setCompression(Compression.UNCOMPRESSED)
      .setDictionaryEnabled(false);
    return READERS.hyparquet(writeParquet(readParquet(file), plain.build()));
  },
};

const text = fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter(readAlike));
const tags = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 8 }), fc.string({ maxLength: 8 }), {
  maxKeys: 4,
});
const integer = fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const day = fc.nat(20_000).map((days) => addDays("1970-01-01" as UtcDay, days));
const rowOf = (name: fc.Arbitrary<string>): fc.Arbitrary<PointRow> =>
  fc
    .record({
      name,
      fields: fc.record({
        ...{ units: text, description: text, objectName: text, objectType: text, deviceId: text },
        ...{ deviceName: text, deviceAddress: text, pointType: text, pointId: text },
        ...{ objectIndex: integer, collectInterval: integer },
        kvTags: tags.map((record) => JSON.stringify(record)),
        markerTags: fc
          .array(fc.string({ maxLength: 8 }), { maxLength: 4 })
          .map((list) => JSON.stringify(list)),
      }),
      days: fc.tuple(day, day),
    })
    .map(({ days, ...row }) => {
      const [firstSeen = DAY, lastSeen = DAY] = [...days].sort();
      return { ...row, firstSeen, lastSeen };
    });
const rowsOf = (name: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(rowOf(name), { selector: (row) => row.name, minLength: 1, maxLength: 12 })
    .map((rows) => rows.sort((a, b) => compareNames(a.name, b.name)));

/** False for a text that begins with a byte order mark, which JavaScript decoders remove. */
function readAlike(value: string): boolean {
  return !value.startsWith("\ufeff");
}

test.each(Object.entries(READERS))("a points file is read alike by %s", async (_, read) => {
  expect(await read(encode([TEMP, BARE]))).toEqual(tableOf([TEMP, BARE]));
});

test("DuckDB finds a point by a tag, and by the day on which it was still there", async () => {
  const sql = (path: string) =>
    `SELECT point_name FROM '${path}' WHERE kv_tags ->> 'equip' = 'VAV_7' AND last_seen > DATE '2024-12-31'`;
  expect(await queryWithDuckdb(encode([TEMP, BARE]), sql)).toEqual([{ point_name: TEMP.name }]);
});

test("any rows are read alike by all three readers", async () => {
  const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(readAlike);
  await fc.assert(
    fc.asyncProperty(rowsOf(names), async (rows) => {
      const file = encode(rows);
      for (const read of Object.values(READERS)) expect(await read(file)).toEqual(tableOf(rows));
    }),
    { numRuns: 25 },
  );
});

test("every row comes back as it was, whatever its name begins with", async () => {
  const names = fc
    .string({ unit: "binary", minLength: 1, maxLength: 20 })
    .filter((name) => name.isWellFormed());
  await fc.assert(
    fc.asyncProperty(rowsOf(names), async (rows) => {
      expect(await decode(encode(rows))).toEqual(rows);
    }),
    { numRuns: 50 },
  );
  const marked = { ...BARE, name: "\ufeffa\u0000" };
  expect(await decode(encode([marked]))).toEqual([marked]);
});

test("a row group ends at its bound of rows or of text, and the rows continue in the next", async () => {
  const many = Array.from({ length: POINTS_GROUP_ROWS + 1 }, (_, index) => ({
    ...TEMP,
    name: `p/${String(index).padStart(6, "0")}`,
  }));
  const wordy = many.slice(0, 3).map((row) => ({
    ...row,
    fields: { ...row.fields, kvTags: JSON.stringify({ text: "x".repeat(POINTS_GROUP_BYTES / 2) }) },
  }));
  const sizes = (file: Uint8Array) =>
    parquetMetadata(fileBuffer(file).slice(0)).row_groups.map(({ num_rows }) => Number(num_rows));
  expect(sizes(encode(many))).toEqual([POINTS_GROUP_ROWS, 1]);
  expect(sizes(encode(wordy))).toEqual([2, 1]);
  expect(await decode(encode(many))).toEqual(many);
});

test("the file says its site and version, and is compressed with Snappy", () => {
  const { created_by, key_value_metadata, row_groups, schema } = parquetMetadata(
    fileBuffer(encode([TEMP])).slice(0),
  );
  expect(created_by).toBe("building-vitals-backfill-points version 1.0.0 (build 1)");
  expect(key_value_metadata).toEqual([
    { key: "site_name", value: SITE },
    { key: "format_version", value: "1.0.0" },
  ]);
  expect(new Set(row_groups[0]?.columns.map((column) => column.meta_data?.codec))).toEqual(
    new Set(["SNAPPY"]),
  );
  const required = schema.filter((column) => column.repetition_type === "REQUIRED").map(({ name }) => name);
  expect(required).toEqual(["point_name", "kv_tags", "marker_tags", "first_seen", "last_seen", "site_name"]);
});

test("4,583 points take less than 160 KB", () => {
  const rows = Array.from({ length: 4_583 }, (_, index): PointRow => {
    const name = `ses/ses_falls_city/8000:33-${8000 + (index % 40)}/analogInput/${String(index).padStart(5, "0")}`;
    const fields = {
      ...TEMP.fields,
      ...{ objectName: `VAV_${index % 900}.ZN-T`, objectIndex: index, pointId: String(100_000 + 7 * index) },
      kvTags: `{"equip":"VAV_${index % 900}","floor":"${index % 7}"}`,
    };
    return { ...TEMP, name, fields };
  });
  expect(encode(rows).length).toBeLessThan(160_000);
});

test("a file that is no points file is unreadable, and a read that fails says nothing about the file", async () => {
  const bytes = encode([TEMP, BARE]);
  await expect(decode(bytes.subarray(0, bytes.length - 1))).rejects.toThrow(FileUnreadable);
  await expect(decode(new TextEncoder().encode("<html>"))).rejects.toThrow(FileUnreadable);
  await expect(decode(new Uint8Array())).rejects.toThrow(FileUnreadable);
  const broken = bytes.slice();
  broken.fill(0xff, 4, 60);
  await expect(decode(broken)).rejects.toThrow(FileUnreadable);
  const failing = {
    byteLength: bytes.length,
    slice: async () => {
      throw new RangeError("R2 is unavailable");
    },
  };
  await expect(decodePoints(failing).next()).rejects.toThrow(RangeError);
});
