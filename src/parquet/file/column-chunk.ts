import type { Encoding, PageHeader } from "hyparquet";
import type { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { encodeIndexes, snappyCompress } from "../encoding/encoding.ts";

/** A column chunk before compression: one data page, because a row group is always read as a whole. */
export interface ChunkPages {
  readonly encoding: Encoding;
  readonly dictionary?: { readonly body: Uint8Array; readonly entries: number };
  readonly body: Uint8Array;
  /** The body as Snappy compresses it, where that is known already. */
  readonly compressed?: Uint8Array;
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
  const { encoding, dictionary, body, compressed, min, max } = pages;
  const offset = writer.offset;
  let uncompressedBytes = 0;
  if (dictionary) {
    uncompressedBytes += writePage(writer, dictionary.body, snappyCompress(dictionary.body), {
      type: "DICTIONARY_PAGE",
      dictionary_page_header: { num_values: dictionary.entries, encoding: "PLAIN" },
    });
  }
  const dataOffset = writer.offset;
  uncompressedBytes += writePage(writer, body, compressed ?? snappyCompress(body), {
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
  compressed: Uint8Array,
  header: Omit<PageHeader, "uncompressed_page_size" | "compressed_page_size">,
): number {
  const start = writer.offset;
  writePageHeader(writer, {
    ...header,
    uncompressed_page_size: body.length,
    compressed_page_size: compressed.length,
  });
  const headerBytes = writer.offset - start;
  writer.appendBytes(compressed);
  return headerBytes + body.length;
}

/** The pages of a column of dictionary indexes, in as many bits as the dictionary's last index needs. */
export function dictionaryPages(
  dictionary: { readonly body: Uint8Array; readonly entries: number },
  indexes: Int32Array,
  bounds: Pick<ChunkPages, "min" | "max">,
): ChunkPages {
  const bits = 32 - Math.clz32(dictionary.entries - 1);
  return { encoding: "RLE_DICTIONARY", dictionary, body: encodeIndexes(indexes, bits), ...bounds };
}

/** Numbers in Parquet's plain encoding: the memory of an array on a little-endian platform. */
export function plainBytes(numbers: Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
