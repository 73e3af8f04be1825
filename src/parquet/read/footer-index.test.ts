import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { describe, expect, it } from "vitest";
import { queryWithDuckdb } from "../../../test/reference/duckdb.ts";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import { columnsOf, referenceRows } from "../../../test/support/parquet/reference.ts";
import { DAY_START_MS, SHAPES, SITE } from "../../../test/support/parquet/shapes.ts";
import { SCHEMA } from "../file-format.ts";
import { FooterIndex, indexFooter } from "./footer-index.ts";
import { FileUnreadable } from "./unreadable.ts";

const utf8 = new TextEncoder();

describe.each(SHAPES)("the index of a file of $title", ({ names, samples, rowGroupSize }) => {
  const spec = { site: SITE, dayStartMs: DAY_START_MS, names };
  const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize });
  const rows = referenceRows(samples);

  it("has the rows and bounds of every row group, also when unpacked", () => {
    const parsed = indexFooter(file, file.length);
    for (const index of [parsed, FooterIndex.unpack(parsed.packed)]) {
      expect(index?.groups).toBe(Math.ceil(rows.length / rowGroupSize));
      for (let group = 0; group < parsed.groups; group++) {
        const groupRows = rows.slice(group * rowGroupSize, (group + 1) * rowGroupSize);
        const times = groupRows.map(({ timestampMs }) => timestampMs);
        expect(index?.rows(group)).toBe(groupRows.length);
        expect(index?.firstMs(group)).toBe(times.reduce((a, b) => Math.min(a, b)));
        expect(index?.lastMs(group)).toBe(times.reduce((a, b) => Math.max(a, b)));
        expect(index?.minName(group)).toEqual(utf8.encode(names[groupRows[0]?.point ?? -1]));
        expect(index?.maxName(group)).toEqual(utf8.encode(names[groupRows.at(-1)?.point ?? -1]));
      }
    }
  });
});

it("has the byte ranges of the columns that DuckDB reports", async () => {
  const shape = SHAPES.find(({ title }) => title.startsWith("four kinds"));
  if (!shape) throw new Error("the shape is missing");
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

it("is the same from the end of a file as from the whole file", () => {
  const file = written([0, 1, 2]);
  const footerBytes = new DataView(file.buffer, file.byteOffset).getUint32(file.length - 8, true) + 8;
  const end = file.subarray(file.length - footerBytes);
  expect(indexFooter(end, file.length).packed).toEqual(indexFooter(file, file.length).packed);
  expect(() => indexFooter(end.subarray(1), file.length)).toThrow(FileUnreadable);
});

it("rejects files with which a reader would miss rows or read other bytes", () => {
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

/** A file by another writer: one row per row group, with these letters of the alphabet as names. */
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
