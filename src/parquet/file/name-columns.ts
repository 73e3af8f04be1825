import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { DayFault } from "../day-fault.ts";
import { type ChunkPages, dictionaryPages } from "./column-chunk.ts";
import type { RowGroupRows } from "./row-group-rows.ts";

const utf8 = new TextEncoder();

/**
 * Encodes the point names of a row group with a dictionary. Rows are sorted by point, so each name is in the
 * dictionary once, in order, and the indexes compress to a run length for each point.
 */
export function pointNamePages(rows: RowGroupRows, names: readonly string[]): ChunkPages {
  const dictionary: Uint8Array[] = [];
  const indexes = new Int32Array(rows.length);
  for (let entry = 0, from = 0; entry < rows.points; entry++) {
    const to = rows.pointEnd[entry] as number;
    indexes.fill(entry, from, to);
    const point = rows.point[entry] as number;
    const name = names[point];
    if (name === undefined) {
      const data = { point, names: names.length };
      throw new DayFault("point-unnamed", `point ${point} is not among the ${names.length} names`, data);
    }
    dictionary.push(utf8.encode(name));
    from = to;
  }
  return namePages(dictionary, indexes);
}

/** Encodes the site's name, the same in every row. */
export function siteNamePages(rows: RowGroupRows, site: string): ChunkPages {
  return namePages([utf8.encode(site)], new Int32Array(rows.length));
}

/**
 * A dictionary of `names`, and each row's index in it. `names` are ascending, so their first and last are the column's
 * minimum and maximum.
 */
export function namePages(names: readonly Uint8Array[], indexes: Int32Array): ChunkPages {
  const body = new ByteWriter(names.reduce((bytes, name) => bytes + 4 + name.length, 0));
  for (const name of names) {
    body.appendUint32(name.length);
    body.appendBytes(name);
  }
  return dictionaryPages({ body: body.getBytes(), entries: names.length }, indexes, {
    min: names[0] as Uint8Array,
    max: names.at(-1) as Uint8Array,
  });
}
