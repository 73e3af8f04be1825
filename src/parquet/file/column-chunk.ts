import type { Encoding } from "hyparquet";
import type { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";

/** What of a column chunk the file's footer tells. */
export interface ChunkFacts {
  readonly encoding: Encoding;
  readonly offset: number;
  /** Where the dictionary page begins, if there is one. */
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly rows: number;
  /** Least and greatest value in Parquet's plain encoding, whole. */
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/** A column chunk before compression: at most one dictionary, and one page, for the row group is the unit of reading. */
export interface ChunkPages {
  readonly encoding: Encoding;
  readonly dictionary?: { readonly body: Uint8Array; readonly entries: number };
  readonly body: Uint8Array;
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

export function writeChunk(writer: ByteWriter, pages: ChunkPages, rows: number): ChunkFacts {
  const offset = writer.offset;
  let uncompressedBytes = 0;
  if (pages.dictionary) {
    const { body, entries } = pages.dictionary;
    const compressed = snappyCompress(body);
    const start = writer.offset;
    writePageHeader(writer, {
      type: "DICTIONARY_PAGE",
      uncompressed_page_size: body.length,
      compressed_page_size: compressed.length,
      dictionary_page_header: { num_values: entries, encoding: "PLAIN" },
    });
    uncompressedBytes += writer.offset - start + body.length;
    writer.appendBytes(compressed);
  }

  const dataOffset = writer.offset;
  const compressed = snappyCompress(pages.body);
  writePageHeader(writer, {
    type: "DATA_PAGE_V2",
    uncompressed_page_size: pages.body.length,
    compressed_page_size: compressed.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: 0,
      num_rows: rows,
      encoding: pages.encoding,
      definition_levels_byte_length: 0,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  uncompressedBytes += writer.offset - dataOffset + pages.body.length;
  writer.appendBytes(compressed);
  return {
    encoding: pages.encoding,
    offset,
    dictionaryOffset: pages.dictionary ? offset : undefined,
    dataOffset,
    compressedBytes: writer.offset - offset,
    uncompressedBytes,
    rows,
    min: pages.min,
    max: pages.max,
  };
}
