import { parquetReadObjects } from "hyparquet";
import { Compression, ParquetFile, readParquet, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import { fileBuffer } from "../support/parquet/file-buffer.ts";
import { readWithDuckdb } from "./duckdb.ts";
import type { Row } from "./truth.ts";

/** A file's rows as hyparquet reads them. */
export async function readWithHyparquet(file: Uint8Array): Promise<Row[]> {
  const rows = await parquetReadObjects({
    file: fileBuffer(file),
    parsers: { timestampFromMilliseconds: (ms) => Number(ms) },
  });
  return rows as unknown as Row[];
}

/**
 * A file's rows as Arrow's Rust reader reads them. The reader returns Arrow, which is written again without compression
 * or dictionary to get rows.
 */
export function readWithArrow(file: Uint8Array): Promise<Row[]> {
  const plain = new WriterPropertiesBuilder()
    .setCompression(Compression.UNCOMPRESSED)
    .setDictionaryEnabled(false);
  return readWithHyparquet(writeParquet(readParquet(file), plain.build()));
}

/** The independent readers of files: DuckDB, hyparquet, and Arrow in Rust. */
export const READERS = [
  ["DuckDB", readWithDuckdb],
  ["hyparquet", readWithHyparquet],
  ["Arrow's Rust reader", readWithArrow],
] as const;

/** The key-value metadata of a file's footer as Arrow's Rust reader finds it. */
export async function keyValuesWithArrow(file: Uint8Array): Promise<Map<string, string>> {
  const opened = await ParquetFile.fromFile(new Blob([file.slice()]));
  return opened.metadata().fileMetadata().keyValueMetadata();
}
