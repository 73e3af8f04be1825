import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { describe, expect, it } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import { columnsOf, referenceRows } from "../../../test/support/parquet/reference.ts";
import { DAY_START_MS, SHAPES, SITE } from "../../../test/support/parquet/shapes.ts";
import { SCHEMA } from "../format.ts";
import { FooterIndex, indexFooter } from "./footer-index.ts";
import { FileUnreadable } from "./unreadable.ts";

const utf8 = new TextEncoder();

describe.each(SHAPES)("the index of a file of $title", ({ names, samples, rowGroupSize }) => {
  const spec = { site: SITE, dayStartMs: DAY_START_MS, names };
  const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });
  const rows = referenceRows(samples);

  it("tells of every row group what its rows say, and again when it was packed", () => {
    const index = indexFooter(file, file.length);
    const packed = FooterIndex.unpack(index.packed);
    for (const one of [index, packed]) {
      expect(one?.groups).toBe(Math.ceil(rows.length / rowGroupSize));
      for (let group = 0; group < index.groups; group++) {
        const its = rows.slice(group * rowGroupSize, (group + 1) * rowGroupSize);
        const times = its.map(({ timestampMs }) => timestampMs);
        expect(one?.rows(group)).toBe(its.length);
        expect(one?.firstMs(group)).toBe(times.reduce((a, b) => Math.min(a, b)));
        expect(one?.lastMs(group)).toBe(times.reduce((a, b) => Math.max(a, b)));
        expect(one?.minName(group)).toEqual(utf8.encode(names[its[0]?.point ?? -1]));
        expect(one?.maxName(group)).toEqual(utf8.encode(names[its.at(-1)?.point ?? -1]));
      }
    }
  });
});

it("has the places of the columns where DuckDB sees them", async () => {
  const shape = SHAPES.find(({ title }) => title.startsWith("ten kinds"));
  if (!shape) throw new Error("the shape is gone");
  const spec = { site: SITE, dayStartMs: DAY_START_MS, names: shape.names };
  const file = encodeDay(spec, [columnsOf(shape.samples)], { rowGroupSize: 1_000 });
  const seen = await queryWithDuckdb(
    file,
    (path) => `SELECT coalesce(nullif(dictionary_page_offset, 0), data_page_offset)::INTEGER AS "offset",
        total_compressed_size::INTEGER AS length
      FROM parquet_metadata('${path}') WHERE path_in_schema <> 'site_name' ORDER BY row_group_id, column_id`,
  );
  const index = indexFooter(file, file.length);
  const ours = Array.from({ length: index.groups }, (_, group) => Object.values(index.chunks(group))).flat();
  expect(ours).toEqual(seen);
});

it("takes the end of a file for the whole of it", () => {
  const file = written([0, 1, 2]);
  const footerBytes = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true) + 8;
  const end = file.subarray(file.length - footerBytes);
  expect(indexFooter(end, file.length).packed).toEqual(indexFooter(file, file.length).packed);
  expect(() => indexFooter(end.subarray(1), file.length)).toThrow(FileUnreadable);
});

it("refuses files by which a reader would leave out rows, or look for them elsewhere", () => {
  expect(() => indexFooter(written([0, 1, 2]), 10_000)).not.toThrow();
  expect(() => indexFooter(written([1, 0, 2]), 10_000)).toThrow(/row group 1 is not in the order of names/);
  expect(() => indexFooter(written([0, 1], { statistics: false }), 10_000)).toThrow(/no statistics/);
  expect(() => indexFooter(written([0, 1], { codec: "UNCOMPRESSED" }), 10_000)).toThrow(/Snappy/);
  expect(() => indexFooter(written([0, 1]), 400)).toThrow(/outside the data/);
  const schema = SCHEMA.map((element) =>
    element.name === "value" ? { ...element, repetition_type: "OPTIONAL" as const } : { ...element },
  );
  expect(() => indexFooter(written([0, 1], { schema }), 10_000)).toThrow(/schema/);
});

/** A file by another writer: one row a row group, whose names are these of the alphabet. */
function written(letters: readonly number[], more: object = {}): Uint8Array {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: SCHEMA.map((element) => ({ ...element })), ...more });
  parquet.write({
    rowGroupSize: 1,
    columnData: [
      { name: "timestamp", data: BigInt64Array.from(letters, () => BigInt(DAY_START_MS)) },
      { name: "point_name", data: letters.map((letter) => String.fromCharCode(0x61 + letter)) },
      { name: "value", data: Float64Array.from(letters) },
      { name: "site_name", data: letters.map(() => SITE) },
    ],
  });
  parquet.finish();
  return new Uint8Array(writer.getBytes());
}
