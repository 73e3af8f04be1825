import type { Encoding, PageHeader } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";

/** A column chunk before compression: one data page, because a row group is always read as a whole. */
export interface ChunkPages {
  readonly encoding: Encoding;
  readonly dictionary?: { readonly body: Uint8Array; readonly entries: number };
  readonly body: Uint8Array;
  /** Least and greatest value in Parquet's plain encoding, not truncated. */
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** What the footer records about a column chunk. Offsets count from the start of the file. */
export interface ChunkMetadata extends Pick<ChunkPages, "encoding" | "min" | "max"> {
  /** Start of the first page: the dictionary page where there is one. */
  readonly offset: number;
  readonly dataOffset: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
}

/** Compresses the pages of a column chunk and appends them to `writer`. */
export function writeChunk(writer: ByteWriter, pages: ChunkPages, rows: number): ChunkMetadata {
  const { encoding, dictionary, body, min, max } = pages;
  const offset = writer.offset;
  let uncompressedBytes = 0;
  if (dictionary) {
    uncompressedBytes += writePage(writer, dictionary.body, {
      type: "DICTIONARY_PAGE",
      dictionary_page_header: { num_values: dictionary.entries, encoding: "PLAIN" },
    });
  }
  const dataOffset = writer.offset;
  uncompressedBytes += writePage(writer, body, {
    type: "DATA_PAGE_V2",
    data_page_header_v2: {
      num_values: rows,
      num_nulls: 0,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: 0,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  const compressedBytes = writer.offset - offset;
  return { encoding, offset, dataOffset, compressedBytes, uncompressedBytes, min, max };
}

/** Returns the page's bytes before compression, including its header. */
function writePage(
  writer: ByteWriter,
  body: Uint8Array,
  header: Omit<PageHeader, "uncompressed_page_size" | "compressed_page_size">,
): number {
  const start = writer.offset;
  const compressed = snappyCompress(body);
  writePageHeader(writer, {
    ...header,
    uncompressed_page_size: body.length,
    compressed_page_size: compressed.length,
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(compressed);
  return headerBytes + body.length;
}

/**
 * The pages of a column of dictionary indexes. A data page of indexes has their width in bits, then RLE and bit-packed
 * runs.
 */
export function dictionaryPages(
  dictionary: { readonly body: Uint8Array; readonly entries: number },
  indexes: Int32Array,
  bounds: Pick<ChunkPages, "min" | "max">,
): ChunkPages {
  const page = new ByteWriter(indexes.length + 16);
  const bits = 32 - Math.clz32(dictionary.entries - 1);
  page.appendUint8(bits);
  writeRleBitPackedHybrid(page, indexes, bits);
  return { encoding: "RLE_DICTIONARY", dictionary, body: page.getBytes(), ...bounds };
}

/** Numbers in Parquet's plain encoding: the memory of an array on a little-endian platform. */
export function plainBytes(numbers: Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The least and the greatest value of a column, which has at least one. */
export function boundsOf(column: Int32Array | Float64Array): { least: number; greatest: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
