import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { type EpochMs, utcDayOf } from "../../domain/day.ts";
import { COLUMNS, keyValues, MAGIC } from "../file-format.ts";
import { writeChunk } from "./column-chunk.ts";
import { encodeFileFooter, rowGroupMetadata } from "./footer.ts";
import { pointNamePages, siteNamePages } from "./name-columns.ts";
import type { RowGroupRows } from "./row-group-rows.ts";
import { timestampPages } from "./timestamp-column.ts";
import { valuePages } from "./value-column.ts";

export { type ChunkMetadata, type ChunkPages, writeChunk } from "./column-chunk.ts";
export { encodeFileFooter, rowGroupMetadata } from "./footer.ts";
export { namePages } from "./name-columns.ts";
export { RowGroupRows } from "./row-group-rows.ts";
export { encodeSampleColumns } from "./sample-columns.ts";
export { deltaPages, timestampPages } from "./timestamp-column.ts";
export { valuePages } from "./value-column.ts";

/** The site-day that a file is of. */
export interface FileDay {
  readonly site: string;
  readonly dayStartMs: EpochMs;
}

/** What a file contains besides its samples. */
export interface FileSpec extends FileDay {
  /** The names of the points by rank, ascending in UTF-8 bytes. */
  readonly names: readonly string[];
}

/** A full row group: the next bytes of the file, and its entry in the footer. */
export interface EncodedRowGroup {
  /** Usually some 30 KB; long names or large row groups can exceed one SQL value. */
  readonly bytes: Uint8Array;
  /** Input of `encodeFooter`, opaque; some 450 bytes with names of 60 characters. */
  readonly metadata: Uint8Array;
}

/**
 * Encodes row groups in order into the bytes of a file. Its only state is the size of the file so far: an encoder
 * that starts at another's `fileOffset` continues with the same bytes.
 */
export class RowGroupEncoder {
  readonly #spec: FileSpec;
  readonly #writer = new ByteWriter(256 * 1024);

  /** `fileOffset` is the sum of the lengths of all row groups encoded before. */
  constructor(spec: FileSpec, fileOffset = 0) {
    this.#spec = spec;
    this.#writer.offset = fileOffset;
  }

  /** The size of the file so far. */
  get fileOffset(): number {
    return this.#writer.offset;
  }

  /** Encodes `rows`, at least one, and keeps no reference to them. Throws `DayFault` "point-unnamed". */
  encode(rows: RowGroupRows): EncodedRowGroup {
    const { site, dayStartMs, names } = this.#spec;
    const writer = this.#writer;
    writer.index = 0;
    if (writer.offset === 0) writer.appendUint32(MAGIC);
    const chunks = [
      timestampPages(rows.ms.subarray(0, rows.length), dayStartMs),
      pointNamePages(rows, names),
      valuePages(rows.value.subarray(0, rows.length)),
      siteNamePages(rows, site),
    ].map((pages) => writeChunk(writer, pages, rows.length));
    return { bytes: writer.getBytes().slice(), metadata: rowGroupMetadata(chunks, rows.length, COLUMNS) };
  }
}

/** Encodes the end of a day's file from the metadata of its row groups, in order. */
export function encodeFooter(metadata: Iterable<Uint8Array>, { site, dayStartMs }: FileDay): Uint8Array {
  return encodeFileFooter(metadata, { columns: COLUMNS, keyValues: keyValues(site, utcDayOf(dayStartMs)) });
}
