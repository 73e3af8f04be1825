import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import type { ChunkPages } from "./column-chunk.ts";
import { indexPage } from "./dictionary-indexes.ts";
import type { SortedRows } from "./sorted-rows.ts";

const utf8 = new TextEncoder();

/**
 * The point names of a row group. Rows are sorted, so each name stands in one stretch: the dictionary is the
 * names of the stretches, never larger than the plain column, and the indexes are run lengths.
 */
export function pointNamePages(rows: SortedRows, names: readonly string[]): ChunkPages {
  const dictionary: Uint8Array[] = [];
  const indexes = new Int32Array(rows.length);
  for (let stretch = 0, from = 0; stretch < rows.points; stretch++) {
    const to = rows.pointEnd[stretch] as number;
    indexes.fill(stretch, from, to);
    dictionary.push(utf8.encode(nameOf(names, rows.point[stretch] as number)));
    from = to;
  }
  return dictionaryPages(dictionary, indexes);
}

export function siteNamePages(rows: SortedRows, site: string): ChunkPages {
  return dictionaryPages([utf8.encode(site)], new Int32Array(rows.length));
}

/** `dictionary` ascends, so its ends are the column's. */
function dictionaryPages(dictionary: readonly Uint8Array[], indexes: Int32Array): ChunkPages {
  const body = new ByteWriter(dictionary.reduce((bytes, name) => bytes + 4 + name.length, 0));
  for (const name of dictionary) {
    body.appendUint32(name.length);
    body.appendBytes(name);
  }
  return {
    encoding: "RLE_DICTIONARY",
    dictionary: { body: body.getBytes(), entries: dictionary.length },
    body: indexPage(indexes, dictionary.length),
    min: dictionary[0] as Uint8Array,
    max: dictionary.at(-1) as Uint8Array,
  };
}

function nameOf(names: readonly string[], point: number): string {
  const name = names[point];
  if (name === undefined) throw new PointUnnamed(point, names.length);
  return name;
}

/** The samples were numbered by another list of points than the file is written with. */
export class PointUnnamed extends Error {
  readonly kind = "point-unnamed";
  readonly point: number;
  readonly names: number;
  constructor(point: number, names: number) {
    super(`point ${point} is not among the ${names} names`);
    this.point = point;
    this.names = names;
  }
}
