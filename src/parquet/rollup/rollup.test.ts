import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { READERS } from "../../../test/reference/other-readers.ts";
import { encodeRollup, madeUpHours } from "../../../test/support/parquet/encode-rollup.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import { BUCKET_FIELDS, type BucketSeries } from "../../domain/buckets.ts";
import { dayStartMs, daysOf, type UtcDay } from "../../domain/day.ts";
import type { RollupPeriod } from "../../domain/rollup.ts";
import {
  decodeRollupBlock,
  decodeRollupGroup,
  encodeRollupGroup,
  HOUR_COLUMNS,
  HOUR_KEYS,
  indexBytesOf,
  RollupIndex,
  type RollupPoint,
  type RollupSpec,
  rollupPoints,
} from "./rollup.ts";

const START_MS = dayStartMs("2024-01-01" as UtcDay);
const SPEC: RollupSpec = {
  site: "ses_falls_city",
  period: "2024-Q1" as RollupPeriod,
  days: daysOf("2024-01-01" as UtcDay, "2024-03-30" as UtcDay),
  emptyDays: ["2024-03-31" as UtcDay],
};
const UTF8 = new TextEncoder();
const sorted = (names: string[]) => names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Points of which the third has an infinite sum, and the last few hours. */
const POINTS: RollupPoint[] = sorted([
  ...Array.from({ length: 9 }, (_, at) => `ses/falls_city/floor_${at}/zone_temperature`),
  "größe",
  "\u{ff5e}",
  "\u{1f321}",
]).map((name, at) => {
  const hours = madeUpHours(START_MS, at === 11 ? 3 : 24 * 90, at);
  if (at === 2) hours.sum[7] = Number.POSITIVE_INFINITY;
  return { name, hours };
});
const FILE = encodeRollup(SPEC, POINTS);

const groupOf = (file: Uint8Array, index: RollupIndex, group: number) => ({
  rows: index.rows(group),
  chunks: index.chunks(group, HOUR_KEYS),
  bytesAt: (offset: number, length: number) => file.subarray(offset, offset + length),
});
const bits = (hours: BucketSeries) =>
  (["ms", ...BUCKET_FIELDS] as const).map((field) =>
    Buffer.from(hours[field].slice().buffer).toString("base64"),
  );

async function pointsIn(file: Uint8Array): Promise<RollupPoint[]> {
  const points: RollupPoint[] = [];
  for await (const point of rollupPoints(fileBuffer(file))) points.push(point);
  return points;
}

/** A file's rows by any reader, with the bits of their numbers. */
type Row = Record<string, unknown>;
const line = (row: Row) =>
  HOUR_COLUMNS.map(({ name, type }) => {
    const value = row[name];
    if (type === "BYTE_ARRAY") return value;
    return Object.is(Number(value), -0) ? "-0" : String(Number(value));
  }).join(" ");
const EXPECTED = POINTS.flatMap(({ name, hours }) =>
  Array.from(hours.ms, (timestamp, row) =>
    line({
      timestamp,
      point_name: name,
      site_name: SPEC.site,
      ...Object.fromEntries(BUCKET_FIELDS.map((field) => [field, hours[field][row]])),
    }),
  ),
);

describe("the file of a roll-up", () => {
  it.each(READERS)("is read row by row, bit by bit, by %s", async (_, read) => {
    expect(((await read(FILE)) as unknown as Row[]).map(line)).toEqual(EXPECTED);
  });

  it("has columns, types and key-values as documented, as DuckDB reads them", async () => {
    const columns = await queryWithDuckdb(FILE, (path) => `DESCRIBE SELECT * FROM '${path}'`);
    expect(columns.map(({ column_name, column_type }) => `${column_name} ${column_type}`)).toEqual([
      "timestamp TIMESTAMP WITH TIME ZONE",
      "point_name VARCHAR",
      "count BIGINT",
      "sum DOUBLE",
      "min DOUBLE",
      "max DOUBLE",
      "first DOUBLE",
      "last DOUBLE",
      "site_name VARCHAR",
    ]);
    const keyValues = await queryWithDuckdb(
      FILE,
      (path) => `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`,
    );
    expect(Object.fromEntries(keyValues.map(({ key, value }) => [key, value]))).toMatchObject({
      site_name: "ses_falls_city",
      period: "2024-Q1",
      format_version: "1.1.0",
      days: "2024-01-01..2024-03-30",
      empty_days: "2024-03-31",
    });
  });

  it("is read back by our own reader, bit by bit", async () => {
    const found = await pointsIn(FILE);
    expect(found.map(({ name }) => name)).toEqual(POINTS.map(({ name }) => name));
    expect(found.map(({ hours }) => bits(hours))).toEqual(POINTS.map(({ hours }) => bits(hours)));
  });

  it("without rows is a whole file that describes no day, and no two cleared ones have the same bytes", async () => {
    const cleared = (text: string) => encodeRollup({ ...SPEC, days: [], emptyDays: [], cleared: text }, []);
    const file = cleared("1");
    const index = RollupIndex.read(file, file.length);
    expect({ groups: index.groups, days: index.days.size, empty: index.emptyDays.size }).toEqual({
      groups: 0,
      days: 0,
      empty: 0,
    });
    for (const [, read] of READERS.slice(0, 2)) expect(await read(file)).toEqual([]);
    expect(cleared("2")).not.toEqual(file);
  });

  it("has the same bytes for the same points, and any names, times and numbers are read back", async () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(-0, 0, 1e300, Number.POSITIVE_INFINITY),
    );
    const point = fc.record({
      name: fc.string({ unit: "binary", maxLength: 30 }).filter((name) => name.isWellFormed()),
      hours: fc
        .uniqueArray(fc.nat(24 * 91), { minLength: 1, maxLength: 30 })
        .chain((hours) => fc.tuple(fc.constant(hours.sort((a, b) => a - b)), fc.infiniteStream(numbers)))
        .map(([hours, stream]) => {
          const column = () => Float64Array.from(hours, () => stream.next().value as number);
          return {
            ms: Float64Array.from(hours, (hour) => START_MS + hour * 3_600_000),
            count: Float64Array.from(hours, (hour) => hour + 1),
            sum: column(),
            min: column(),
            max: column(),
            first: column(),
            last: column(),
          };
        }),
    });
    const cases = fc.uniqueArray(point, { minLength: 1, maxLength: 8, selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 60 }), async (unsorted, groupRows) => {
        const points = unsorted.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
        const file = encodeRollup(SPEC, points, groupRows);
        expect(encodeRollup(SPEC, points, groupRows)).toEqual(file);
        const found = await pointsIn(file);
        expect(found.map(({ name, hours }) => [name, bits(hours)])).toEqual(
          points.map(({ name, hours }) => [name, bits(hours)]),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("the index of a roll-up", () => {
  const index = RollupIndex.read(FILE, FILE.length);

  it("finds each point, whole, in one row group, and no other name", () => {
    for (const { name, hours } of POINTS) {
      const group = index.find(UTF8.encode(name))[0] as number;
      const [found] = decodeRollupGroup(groupOf(FILE, index, group), [UTF8.encode(name)]);
      expect(bits(found as BucketSeries)).toEqual(bits(hours));
    }
    expect(index.groups).toBe(4);
    expect(index.find(UTF8.encode(""))).toEqual([]);
    expect(index.find(UTF8.encode("\u{10ffff}"))).toEqual([]);
    const between = index.find(UTF8.encode("ses/falls_city/floor_0/zone_temperature_2"));
    for (const group of between) {
      expect(decodeRollupGroup(groupOf(FILE, index, group), [UTF8.encode("x")])[0]?.ms.length).toBe(0);
    }
  });

  it("is in the last bytes of the file, which say how many they are", () => {
    const bytes = indexBytesOf(FILE.subarray(FILE.length - 512), FILE.length);
    const again = RollupIndex.read(FILE.subarray(FILE.length - bytes), FILE.length);
    expect([again.groups, [...again.days], [...again.emptyDays], again.period]).toEqual([
      index.groups,
      [...SPEC.days],
      [...SPEC.emptyDays],
      SPEC.period,
    ]);
    expect(again.packed).toEqual(RollupIndex.unpack(index.packed).packed);
  });

  it("decodes only the wanted columns", () => {
    const name = POINTS[4]?.name as string;
    const group = index.find(UTF8.encode(name))[0] as number;
    const { chunks, rows, bytesAt } = groupOf(FILE, index, group);
    const needed = [chunks.timestamp, chunks.pointName, chunks.count, chunks.sum];
    const only = {
      chunks,
      rows,
      bytesAt(offset: number, length: number) {
        if (!needed.some((range) => range.offset === offset)) throw new Error(`${offset} was not asked for`);
        return bytesAt(offset, length);
      },
    };
    const [found] = decodeRollupGroup(only, [UTF8.encode(name)], ["count", "sum"]);
    expect([found?.count.length, found?.sum.length, found?.min.length]).toEqual([24 * 90, 24 * 90, 0]);
  });

  it.each([
    ["another file", (file: Uint8Array) => file.fill(7)],
    ["a truncated file", (file: Uint8Array) => file.subarray(0, file.length - 30)],
    ["a damaged index", (file: Uint8Array) => file.fill(0x41, file.length - 700, file.length - 300)],
  ])("is not read from %s", (_, spoil) => {
    const file = spoil(FILE.slice());
    expect(() => RollupIndex.read(file, file.length)).toThrow(
      expect.objectContaining({ kind: "file-unreadable" }),
    );
  });
});

it("a block of points is read back from its bytes and metadata", () => {
  const { bytes, metadata } = encodeRollupGroup(SPEC, POINTS.slice(0, 3), 0);
  const found = decodeRollupBlock(bytes, metadata);
  expect(found.map(({ name, hours }) => [name, bits(hours)])).toEqual(
    POINTS.slice(0, 3).map(({ name, hours }) => [name, bits(hours)]),
  );
});
