import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { readWithHyparquet } from "../../../test/reference/other-readers.ts";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import {
  columnsOf,
  referenceFile,
  referenceRows,
  type Sample,
} from "../../../test/support/parquet/reference.ts";
import { SHAPES } from "../../../test/support/parquet/shapes.ts";
import {
  DAY,
  dayFile,
  evenDay,
  namesOf,
  plain,
  query,
  rowsOf,
  SITE,
  wholeDay,
} from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { addDays, DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import { newMeter } from "../cost.ts";
import { DayTooLarge } from "../day-series.ts";
import type { DaySamples, SampleQuery } from "../source.ts";
import { ColdSource } from "./cold.ts";
import { Footers } from "./footers.ts";

const START = dayStartMs(DAY);
let archive: MemoryArchive;
let source: ColdSource;

beforeEach(() => {
  archive = new MemoryArchive();
  source = new ColdSource(archive, new Footers(() => 0));
});

const keyOf = (day: UtcDay) => objectKey(SITE, day);

async function answer(range: SampleQuery) {
  const meter = newMeter();
  const days: DaySamples[] = [];
  for await (const day of source.days(range, meter)) days.push(day);
  return { days, meter };
}

describe.each(SHAPES)("a file of $title", ({ names, samples, rowGroupSize }) => {
  const rows = referenceRows(samples);
  const spec = { site: SITE, dayStartMs: START, names };
  const bytes = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });

  test("has all samples of each of its points", async () => {
    archive.place(keyOf(DAY), bytes);
    const points = names.length > 1_000 ? names.filter((_, i) => i % 997 === 0) : names;
    const { days } = await answer(wholeDay(points));
    expect(days).toHaveLength(1);
    expect(days[0]?.state).toBe(rows.length === 0 ? "empty" : "present");
    const expected = points.map((name) => rows.filter(({ point }) => names[point] === name));
    days[0]?.series.forEach(({ ms, value }, at) => {
      expect([...ms]).toEqual(expected[at]?.map((row) => row.timestampMs));
      // Bit by bit: -0 is not 0.
      expect(value).toEqual(Float64Array.from(expected[at] ?? [], (row) => row.value));
    });
  });
});

test("random points, times and row groups have the samples of the file's rows", async () => {
  const sample = (points: number) =>
    fc.record({
      point: fc.nat(points - 1),
      // Few milliseconds, so that many are at the ends of the queried range; and the ends of the day.
      micros: fc
        .oneof(fc.nat(20), fc.constantFrom(0, DAY_MS - 1), fc.nat(DAY_MS - 1))
        .map((ms) => (START + ms) * 1000),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    });
  const name = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 4 }),
    fc.constantFrom("a", "a\u0000", "aa", "\ufeffa", "\ufeff", "\uffff", "\u{10000}"),
  );
  const names = fc
    .uniqueArray(name, { minLength: 1, maxLength: 8 })
    .map((all) => all.map((one) => Buffer.from(one)).sort(Buffer.compare))
    .map((all) => all.map((one) => one.toString()));
  await fc.assert(
    fc.asyncProperty(
      names.chain((all) =>
        fc.record({
          names: fc.constant(all),
          samples: fc.array(sample(all.length), { maxLength: 200 }),
          rowGroupSize: fc.integer({ min: 1, max: 60 }),
          points: fc.array(fc.oneof(fc.constantFrom(...all), name), { minLength: 1, maxLength: 6 }),
          from: fc.oneof(fc.integer({ min: -30, max: 30 }), fc.nat(DAY_MS)),
          length: fc.oneof(fc.nat(25), fc.nat(DAY_MS)),
        }),
      ),
      async ({ names, samples, rowGroupSize, points, from, length }) => {
        const file = dayFile(DAY, names, samples, rowGroupSize);
        archive = new MemoryArchive();
        archive.place(keyOf(DAY), file.bytes);
        source = new ColdSource(archive, new Footers(() => 0));
        const [fromMs, toMs] = [START + from, START + from + length];
        const expected = rowsOf(file, points, fromMs, toMs);
        for (const footers of ["unknown footer", "known footer"]) {
          const { days } = await answer(query(points, fromMs, toMs));
          const day = days.find((one) => one.day === DAY);
          // A query that ends before the day, or at its start, doesn't have it.
          if (length > 0 && from + length > 0 && from < DAY_MS) expect(day, footers).toBeDefined();
          if (day) expect(plain(day.series), footers).toEqual(expected);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("DuckDB and hyparquet read the same samples out of the same file", async () => {
  const names = namesOf(40);
  const file = evenDay(DAY, names, 333, 1_000);
  archive.place(keyOf(DAY), file.bytes);
  const points = [names[3], names[2], names[39], "unknown"] as string[];
  const [fromMs, toMs] = [START + 3_600_000, START + 7 * 3_600_000];
  const { days } = await answer(query(points, fromMs, toMs));

  const byDuckdb = await queryWithDuckdb(
    file.bytes,
    (path) => `SELECT point_name, epoch_ms(timestamp) AS ms, value FROM '${path}'
      WHERE epoch_ms(timestamp) >= ${fromMs} AND epoch_ms(timestamp) < ${toMs} ORDER BY point_name, timestamp`,
  );
  const byHyparquet = (await readWithHyparquet(file.bytes))
    .map(({ point_name, timestamp, value }) => ({ point_name, ms: timestamp, value }))
    .filter(({ ms }) => ms >= fromMs && ms < toMs);
  for (const rows of [byDuckdb, byHyparquet]) {
    const expected = points.map((point) => rows.filter(({ point_name }) => point_name === point));
    expect(plain(days[0]?.series ?? [])).toEqual(
      expected.map((of) => ({ ms: of.map(({ ms }) => Number(ms)), value: of.map(({ value }) => value) })),
    );
  }
});

describe("days", () => {
  const names = namesOf(20);
  const days = Array.from({ length: 30 }, (_, i) => addDays(DAY, i));

  test("come in order, with missing and empty days distinguished, however late the reads of each are", async () => {
    const files = new Map(
      days.map((day, i) => [
        day,
        i % 5 === 1 ? undefined : evenDay(day, names, i % 5 === 2 ? 0 : 50, 100, i),
      ]),
    );
    for (const [day, file] of files) if (file) archive.place(keyOf(day), file.bytes);
    archive.before = async (read) => {
      for (let turns = (read * 7) % 11; turns > 0; turns--) await Promise.resolve();
    };
    const found = await answer(query(names.slice(4, 6), START + 5, START + 30 * DAY_MS - 5));
    expect(found.days.map(({ day }) => day)).toEqual(days);
    found.days.forEach(({ day, state, tiers, series }, i) => {
      const file = files.get(day);
      expect(state).toBe(i % 5 === 1 ? "missing" : i % 5 === 2 ? "empty" : "present");
      expect(tiers).toEqual(file ? ["cold"] : []);
      const expected = file && rowsOf(file, names.slice(4, 6), START + 5, START + 30 * DAY_MS - 5);
      expect(plain(series)).toEqual(expected ?? names.slice(4, 6).map(() => ({ ms: [], value: [] })));
    });
    expect(archive.inFlightMax).toBeGreaterThan(1);
    expect(archive.inFlightMax).toBeLessThanOrEqual(6);
  });

  test("of an empty range are none, and nothing is read", async () => {
    expect((await answer(query(names, START, START))).days).toEqual([]);
    expect(archive.requests).toEqual([]);
  });

  test("are read ahead no further than their bound, and not after the consumer stops", async () => {
    for (const day of days) archive.place(keyOf(day), evenDay(day, names, 50, 100).bytes);
    for await (const day of source.days(query(names, START, START + 30 * DAY_MS), newMeter())) {
      if (day.day === days[2]) break;
    }
    await new Promise((resolve) => setImmediate(resolve));
    const read = new Set(archive.requests.map(({ key }) => key));
    expect(read.size).toBeGreaterThan(3);
    expect(read.size).toBeLessThanOrEqual(3 + 12);
  });
});

test("where memory is enough for one day only, the data of each day is read after the day before it is taken", async () => {
  const days = Array.from({ length: 6 }, (_, i) => addDays(DAY, i));
  for (const day of days) archive.place(keyOf(day), evenDay(day, namesOf(100), 100, 1_000).bytes);
  source = new ColdSource(archive, new Footers(() => 0), undefined, 1);
  const taken: UtcDay[] = [];
  for await (const { day, series } of source.days(query(namesOf(1), START, START + 6 * DAY_MS), newMeter())) {
    await new Promise((resolve) => setImmediate(resolve));
    taken.push(day);
    const read = archive.requests.filter(({ kind }) => kind === "read").length;
    expect(read).toBeLessThanOrEqual(taken.length + 1);
    expect(series[0]?.ms).toHaveLength(100);
  }
  expect(taken).toEqual(days);
});

test("the meter counts every request and byte, and the row groups of every day", async () => {
  const samples: Sample[] = [];
  const file = evenDay(DAY, namesOf(400), 400, 1_000);
  archive.place(keyOf(DAY), file.bytes);
  archive.place(keyOf(addDays(DAY, 1)), dayFile(addDays(DAY, 1), ["a"], samples, 1).bytes);
  for (const cacheHits of [0, 2]) {
    archive.requests.length = 0;
    const { meter } = await answer(query(namesOf(400).slice(7, 8), START, START + 3 * DAY_MS));
    expect(meter).toEqual({
      bytesRead: archive.requests.reduce((sum, { bytes }) => sum + bytes, 0),
      r2Requests: archive.requests.length,
      // Rows 2,800 to 3,199 of 160,000.
      rowGroupsRead: 2,
      rowGroupsPruned: 158,
      cacheHits,
      d1Statements: 0,
      d1Rows: 0,
      d1Bytes: 0,
    });
  }
});

test("a million samples of a day are returned, and more fail before any is", async () => {
  const [points, each] = [11, 100_000];
  const columns = {
    length: points * each,
    point: Uint32Array.from({ length: points * each }, (_, row) => Math.floor(row / each)),
    micros: Float64Array.from({ length: points * each }, (_, row) => (START + (row % each)) * 1_000),
    value: new Float64Array(points * each),
  };
  const spec = { site: SITE, dayStartMs: START, names: namesOf(points) };
  archive.place(keyOf(DAY), encodeDay(spec, [columns], { rowGroupSize: 100_000 }));
  const { days } = await answer(wholeDay(namesOf(points - 1)));
  expect(days[0]?.series.map(({ ms }) => ms.length)).toEqual(Array(points - 1).fill(each));
  await expect(answer(wholeDay(namesOf(points)))).rejects.toThrow(DayTooLarge);
});

test("files of format version 1.0.0, whose footers have no key-values, are read as before", async () => {
  const names = namesOf(3);
  const { rows } = evenDay(DAY, names, 50, 20);
  const old = referenceFile({ site: SITE, dayStartMs: START, names }, rows, 20, { version: "1.0.0" });
  archive.place(keyOf(DAY), old);
  const found = await answer(wholeDay(names));
  archive.place(keyOf(DAY), evenDay(DAY, names, 50, 20).bytes);
  expect(old.length).not.toBe(evenDay(DAY, names, 50, 20).bytes.length);
  expect(found.days.map(({ series }) => plain(series))).toEqual(
    (await answer(wholeDay(names))).days.map(({ series }) => plain(series)),
  );
});
