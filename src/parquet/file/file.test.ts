import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import { encodeBlocks, encodeDay, MemoryBlocks } from "../../../test/support/parquet/encode-day.ts";
import { fileBuffer } from "../../../test/support/parquet/file-buffer.ts";
import {
  columnsOf,
  referenceFile,
  referenceRows,
  type Sample,
} from "../../../test/support/parquet/reference.ts";
import { DAY_MS } from "../../domain/day.ts";
import { encodeSlice, FILE_START, type FilePosition } from "../merge/merge.ts";
import { RunBuilder, sortRun, toBlocks } from "../run/run.ts";
import { encodeFooter, type FileSpec } from "./file.ts";

const DAY_START_MS = Date.UTC(2024, 0, 15);
const PREFIX = "ses/falls_city/building_1/floor_2/ahu_3/vav_4/discharge_air_";
const spec: FileSpec = {
  site: "ses_falls_city",
  dayStartMs: DAY_START_MS,
  // The last name is the greatest in UTF-8, but not in UTF-16.
  names: ["", `${PREFIX}temp`, `${PREFIX}temp "sp"`, "größe", "\u{ff5e}", "\u{1f321}"].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  ),
};

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
const samplesOf = (value: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      point: fc.nat(spec.names.length - 1),
      micros: fc
        .oneof(fc.nat(30_000), fc.nat(DAY_MS * 1000 - 1), fc.constantFrom(0, DAY_MS * 1000 - 1))
        .map((micros) => DAY_START_MS * 1000 + micros),
      value,
    }),
    { maxLength: 300 },
  );

describe("the file", () => {
  const written = doubles.map((value) => (value === 0 ? 0 : value));
  const values = fc.oneof(written, fc.nat(5), fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324));

  it("equals, byte for byte, the file that hyparquet-writer writes, for a point at one interval", () => {
    const cases = fc.record({
      point: fc.nat(spec.names.length - 1),
      intervalMs: fc.integer({ min: 1, max: 200_000 }),
      series: fc.array(values, { minLength: 1, maxLength: 300 }),
      rowGroupSize: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(cases, ({ point, intervalMs, series, rowGroupSize }) => {
        const samples = series.map((value, i) => ({
          point,
          micros: (DAY_START_MS + i * intervalMs) * 1000,
          value,
        }));
        const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });
        const options = { valueEncodings: valueEncodings(file) };
        expect(file).toEqual(referenceFile(spec, referenceRows(samples), rowGroupSize, options));
      }),
    );
  });

  it("has names and values byte for byte as hyparquet-writer writes them, for the sorted rows", () => {
    const cases = fc.tuple(
      samplesOf(values).filter(({ length }) => length > 0),
      fc.integer({ min: 1, max: 120 }),
    );
    fc.assert(
      fc.property(cases, ([samples, rowGroupSize]) => {
        const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });
        const options = { valueEncodings: valueEncodings(file) };
        const reference = referenceFile(spec, referenceRows(samples), rowGroupSize, options);
        for (const column of [1, 2, 3]) {
          expect(chunksOf(file, column)).toEqual(chunksOf(reference, column));
        }
      }),
    );
  });

  it("has the same bytes for every order of the samples and every division into pages, runs, blocks and slices", () => {
    const cases = fc.record({
      samples: samplesOf(fc.oneof(doubles, fc.constantFrom(-0, 0, 1))),
      shuffle: fc.array(fc.nat(), { maxLength: 300 }),
      pageSize: fc.integer({ min: 1, max: 100 }),
      runSamples: fc.integer({ min: 1, max: 200 }),
      blockBytesMax: fc.integer({ min: 46, max: 3_000 }),
      bucketBytesMax: fc.constantFrom(6_000, 1 << 23),
      samplesMax: fc.integer({ min: 1, max: 200 }),
      rowGroupSize: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(cases, ({ samples, shuffle, rowGroupSize, ...division }) => {
        const whole = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });
        const source = new MemoryBlocks();
        for (const run of inRuns(inOrder(samples, shuffle), division.pageSize, division.runSamples)) {
          source.add(toBlocks(run, DAY_START_MS * 1000, spec.names.length, division.blockBytesMax));
        }
        expect(encodeBlocks(spec, source, { rowGroupSize, ...division })).toEqual(whole);
      }),
    );
  });

  it("continues after a crash from the saved position, with the same bytes", () => {
    const samples = repeatingSamples(1_000);
    const source = new MemoryBlocks();
    const builder = new RunBuilder();
    builder.append(columnsOf(samples));
    source.add(builder.seal(DAY_START_MS * 1000, spec.names.length));
    const options = { rowGroupSize: 30, samplesMax: 100 };

    let saved: { position: FilePosition; bytes: number[]; metadata: Uint8Array[] } = {
      position: FILE_START,
      bytes: [],
      metadata: [],
    };
    for (let attempt = 0; !saved.position.merge.done; attempt++) {
      const { bytes, metadata } = { bytes: [...saved.bytes], metadata: [...saved.metadata] };
      const position = encodeSlice(source, saved.position, spec, options, (group) => {
        bytes.push(...group.bytes);
        metadata.push(group.metadata.slice());
      });
      // Every other slice is lost before it is committed.
      if (attempt % 2 === 1) saved = { position: JSON.parse(JSON.stringify(position)), bytes, metadata };
    }
    const file = new Uint8Array([...saved.bytes, ...encodeFooter(saved.metadata, spec)]);
    expect(saved.position.fileOffset).toBe(saved.bytes.length);
    expect(file).toEqual(encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 30 }));
  });

  it("without samples is a complete file without row groups", () => {
    const file = encodeDay(spec, [], { rowGroupSize: 10_000 });
    const { num_rows, row_groups, schema } = parquetMetadata(file);
    expect({ num_rows, row_groups, columns: schema.length - 1 }).toEqual({
      num_rows: 0n,
      row_groups: [],
      columns: 4,
    });
  });

  it("has less than 500 bytes of footer per row group, with names of 60 characters", () => {
    const metadata: number[] = [];
    const source = new MemoryBlocks();
    source.add(toBlocks(columnsOf(repeatingSamples(40_000, 2)), DAY_START_MS * 1000, spec.names.length));
    encodeSlice(source, FILE_START, spec, { rowGroupSize: 10_000 }, (group) => {
      metadata.push(group.metadata.length);
    });
    expect(metadata).toHaveLength(4);
    expect(Math.max(...metadata)).toBeLessThan(500);
  });

  it("is not written if a point has no name", () => {
    const source = new MemoryBlocks();
    source.add(
      toBlocks(columnsOf([{ point: 9, micros: DAY_START_MS * 1000, value: 1 }]), DAY_START_MS * 1000, 10),
    );
    expect(() => encodeBlocks(spec, source, { rowGroupSize: 10 })).toThrow(
      expect.objectContaining({ kind: "day-fault", reason: "point-unnamed" }),
    );
  });
});

function valueEncodings(file: Uint8Array) {
  return parquetMetadata(fileBuffer(file).slice(0)).row_groups.map(({ columns }) =>
    columns[2]?.meta_data?.encodings.at(-1),
  );
}

/** The bytes of a column in each row group. */
function chunksOf(file: Uint8Array, column: number): Uint8Array[] {
  return parquetMetadata(fileBuffer(file).slice(0)).row_groups.map(({ columns }) => {
    const chunk = columns[column]?.meta_data;
    const start = Number(chunk?.dictionary_page_offset ?? chunk?.data_page_offset);
    return file.subarray(start, start + Number(chunk?.total_compressed_size));
  });
}

/** Samples of one point, a second apart, with repeating values. */
function repeatingSamples(count: number, point = 1): Sample[] {
  return Array.from({ length: count }, (_, i) => ({
    point,
    micros: DAY_START_MS * 1000 + i * 1_000_000,
    value: Math.round(Math.sin(i / 50) * 100) / 10,
  }));
}

function inOrder(samples: readonly Sample[], shuffle: readonly number[]): Sample[] {
  return samples
    .map((sample, index) => ({ sample, key: shuffle[index] ?? index }))
    .sort((a, b) => a.key - b.key)
    .map(({ sample }) => sample);
}

function* inRuns(samples: readonly Sample[], pageSize: number, runSamples: number) {
  const runs: Sample[][] = [[]];
  for (let from = 0; from < samples.length; from += pageSize) {
    const run = runs.at(-1) ?? [];
    run.push(...samples.slice(from, from + pageSize));
    if (run.length >= runSamples) runs.push([]);
  }
  for (const run of runs) yield sortRun(columnsOf(run));
}
