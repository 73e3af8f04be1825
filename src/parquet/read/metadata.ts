import { type ColumnChunk, parquetMetadata } from "hyparquet";
import { MAGIC, SCHEMA } from "../file-format.ts";
import type { ByteRange, ColumnRanges } from "./columns.ts";
import { decode, FileUnreadable } from "./unreadable.ts";

/** The length of the footer and "PAR1", which follow the footer. */
const TRAILER_BYTES = 8;

/**
 * The length of a footer and the trailer after it. `end` is the last bytes of a file of `size` bytes. Throws
 * `FileUnreadable`.
 */
export function footerBytesOf(end: Uint8Array, size: number): number {
  const trailer = end.length - TRAILER_BYTES;
  const view = new DataView(end.buffer, end.byteOffset, end.length);
  if (trailer < 0 || view.getUint32(trailer + 4, true) !== MAGIC) {
    throw new FileUnreadable("it does not end as a Parquet file");
  }
  const footerBytes = view.getUint32(trailer, true) + TRAILER_BYTES;
  if (footerBytes > size) throw new FileUnreadable(`a footer of ${footerBytes} bytes in a file of ${size}`);
  return footerBytes;
}

/**
 * Parses a footer; `end` is as for `footerBytesOf`. The footer begins at `dataEnd`. Throws `FileUnreadable`, also unless
 * the columns are those of `SCHEMA`.
 */
export function parseMetadata(end: Uint8Array, size: number) {
  const metadata = decode(() =>
    parquetMetadata(end, {
      geoparquet: false,
      // Names stay bytes: decoding would remove U+FEFF from their beginning as a byte order mark.
      parsers: { timestampFromMilliseconds: (ms: bigint) => Number(ms), stringFromBytes: (bytes) => bytes },
    }),
  );
  const same =
    metadata.schema.length === SCHEMA.length &&
    SCHEMA.every((ours, column) => {
      const theirs: object = metadata.schema[column] ?? {};
      return Object.entries(ours).every(
        ([field, value]) => JSON.stringify(Reflect.get(theirs, field)) === JSON.stringify(value),
      );
    });
  if (!same) throw new FileUnreadable("its schema differs from ours");
  const { row_groups: groups, num_rows: rows, metadata_length: length } = metadata;
  return { groups, rows, dataEnd: size - length - TRAILER_BYTES };
}

/** Where the column chunks of a row group are in a file whose data end at `dataEnd`. Throws `FileUnreadable`. */
export function chunkRanges(columns: readonly ColumnChunk[], dataEnd: number): ColumnRanges {
  const range = (column: number): ByteRange => {
    const metadata = columns[column]?.meta_data;
    if (metadata?.codec !== "SNAPPY") throw new FileUnreadable("a column is not compressed with Snappy");
    const offset = Number(metadata.dictionary_page_offset || metadata.data_page_offset);
    const length = Number(metadata.total_compressed_size);
    if (!(offset >= 4 && length > 0 && offset + length <= dataEnd)) {
      throw new FileUnreadable(`a column at ${offset} of ${length} bytes is outside the data`);
    }
    return { offset, length };
  };
  return { timestamp: range(0), pointName: range(1), value: range(2), siteName: range(3) };
}
