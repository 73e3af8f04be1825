import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { POINTS_GROUP_BYTES, POINTS_GROUP_ROWS } from "../../domain/limits.ts";
import type { PointRow } from "../../domain/point-row.ts";
import { COLUMNS, CREATED_BY, keyValues, SCHEMA } from "./points-schema.ts";

/**
 * The bytes of a points file in order, a part for each row group and one for the footer. `rows` are in the order of their
 * names' UTF-8 bytes, at least one, and each is taken when it is needed: memory is one row group. The bytes depend on site and rows alone.
 */
export function* encodePoints(site: string, rows: Iterable<PointRow>): Generator<Uint8Array> {
  const bytes = new ByteWriter(POINTS_GROUP_BYTES / 4);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [...SCHEMA],
    // The library compares texts by UTF-16 units, and readers by bytes. A file this small needs no statistics.
    statistics: false,
    kvMetadata: keyValues(site),
    createdBy: CREATED_BY,
  });
  for (const group of groupsOf(rows)) {
    const columnData = COLUMNS.map(({ name, cellOf }) => {
      return { name, data: group.map((row) => cellOf(row, site)), offsetIndex: false };
    });
    writer.write({ columnData, rowGroupSize: group.length });
    yield taken(bytes);
  }
  writer.finish();
  yield taken(bytes);
}

/** The characters of a row, which are its bytes in the usual case that all of them are of ASCII. */
export function charsOf({ name, fields }: PointRow): number {
  let chars = name.length;
  for (const value of Object.values(fields)) if (typeof value === "string") chars += value.length;
  return chars;
}

function* groupsOf(rows: Iterable<PointRow>): Generator<PointRow[]> {
  let group: PointRow[] = [];
  let chars = 0;
  for (const row of rows) {
    group.push(row);
    chars += charsOf(row);
    if (group.length < POINTS_GROUP_ROWS && chars < POINTS_GROUP_BYTES) continue;
    yield group;
    group = [];
    chars = 0;
  }
  if (group.length > 0) yield group;
}

/** Empties the writer, whose offset in the file goes on. */
function taken(writer: ByteWriter): Uint8Array {
  const part = writer.getBytes().slice();
  writer.index = 0;
  return part;
}
