import { type ColumnChunk, parquetMetadata, readColumnIndex, readOffsetIndex } from "hyparquet";
import { compareBytes } from "../../src/parquet/bytes.ts";
import type { ByteRange } from "../../src/parquet/read/read.ts";

interface Page {
  readonly range: ByteRange;
  readonly rowFrom: number;
  readonly rowTo: number;
}

interface Chunk {
  /** Read with whatever page is. */
  readonly dictionary: readonly ByteRange[];
  readonly pages: readonly Page[];
  /** Of its column index and its offset index. */
  readonly indexes: readonly ByteRange[];
}

interface Group {
  readonly time: Chunk;
  readonly name: Chunk;
  readonly value: Chunk;
  /** Least and greatest name of each of its pages. */
  readonly bounds: readonly (readonly [Uint8Array, Uint8Array])[];
}

/** Where everything in a file is. */
export interface Layout {
  readonly footerBytes: number;
  readonly indexBytes: number;
  readonly groups: readonly Group[];
}

/** What a reader of some points asks for, and how many rows it has to decode in each column. */
export interface Wanted {
  readonly indexes: readonly ByteRange[];
  readonly pages: readonly ByteRange[];
  readonly rows: number;
}

const PARSERS = { stringFromBytes: (bytes: Uint8Array) => bytes };

export function layoutOf(file: Uint8Array): Layout {
  const metadata = parquetMetadata(file.slice().buffer, { parsers: PARSERS });
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const read = ({ offset, length }: ByteRange) => ({
    view: new DataView(file.buffer, file.byteOffset + offset, length),
    offset: 0,
  });
  const nameElement = metadata.schema[2];
  const groups = metadata.row_groups.map(({ columns, num_rows }): Group => {
    const [time, name, value] = columns.map((column) => chunkOf(column, Number(num_rows), read));
    const statistics = columns[1]?.meta_data?.statistics;
    const index = rangeOf(columns[1]?.column_index_offset, columns[1]?.column_index_length);
    if (!time || !name || !value || !nameElement) throw new Error("a file of another schema");
    const pages = index && readColumnIndex(read(index), nameElement, PARSERS);
    const least = pages ? pages.min_values : [statistics?.min_value];
    const greatest = pages ? pages.max_values : [statistics?.max_value];
    const bounds = least.map(
      (min, at) => [min, greatest[at]] as unknown as readonly [Uint8Array, Uint8Array],
    );
    return { time, name, value, bounds };
  });
  const indexes = groups.flatMap(({ time, name, value }) => [time, name, value].flatMap((of) => of.indexes));
  return {
    footerBytes: view.getUint32(file.length - 8, true) + 8,
    indexBytes: indexes.reduce((sum, { length }) => sum + length, 0),
    groups,
  };
}

/** The pages of names that can hold one of `names`, and those of times and values in whose rows these are. */
export function wantedOf({ groups }: Layout, names: readonly Uint8Array[]): Wanted {
  const indexes: ByteRange[] = [];
  const pages = new Set<ByteRange>();
  let rows = 0;
  for (const { time, name, value, bounds } of groups) {
    const held = name.pages.filter((_, at) => {
      const [least, greatest] = bounds[at] as (typeof bounds)[number];
      return names.some((one) => compareBytes(least, one) <= 0 && compareBytes(one, greatest) <= 0);
    });
    if (held.length === 0) continue;
    const others = [time, value].map(({ pages: all }) =>
      all.filter((page) => held.some(({ rowFrom, rowTo }) => page.rowFrom < rowTo && rowFrom < page.rowTo)),
    );
    for (const chunk of [time, name, value]) {
      indexes.push(...chunk.indexes);
      for (const range of chunk.dictionary) pages.add(range);
    }
    for (const { range } of [...held, ...others.flat()]) pages.add(range);
    rows += (others[0] ?? []).reduce((sum, { rowFrom, rowTo }) => sum + rowTo - rowFrom, 0);
  }
  return { indexes, pages: [...pages], rows };
}

type Read = (range: ByteRange) => { view: DataView; offset: number };

function chunkOf(column: ColumnChunk, rows: number, read: Read): Chunk {
  const facts = column.meta_data;
  if (!facts) throw new Error("a column without metadata");
  const data = Number(facts.data_page_offset);
  const first = Number(facts.dictionary_page_offset || data);
  const end = first + Number(facts.total_compressed_size);
  const offsets = rangeOf(column.offset_index_offset, column.offset_index_length);
  const columnIndex = rangeOf(column.column_index_offset, column.column_index_length);
  const locations = offsets ? readOffsetIndex(read(offsets)).page_locations : [];
  const pages = locations.map(({ offset, compressed_page_size, first_row_index }, at): Page => {
    const next = locations[at + 1];
    return {
      range: { offset: Number(offset), length: compressed_page_size },
      rowFrom: Number(first_row_index),
      rowTo: next ? Number(next.first_row_index) : rows,
    };
  });
  return {
    dictionary: first < data ? [{ offset: first, length: data - first }] : [],
    pages: offsets ? pages : [{ range: { offset: data, length: end - data }, rowFrom: 0, rowTo: rows }],
    indexes: [columnIndex, offsets].filter((range) => range !== undefined),
  };
}

function rangeOf(offset: bigint | undefined, length: number | undefined): ByteRange | undefined {
  return offset === undefined || length === undefined ? undefined : { offset: Number(offset), length };
}
