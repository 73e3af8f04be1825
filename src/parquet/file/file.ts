import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import type { EpochMs } from "../../domain/day.ts";
import { MAGIC } from "../file-format.ts";
import { writeChunk } from "./column-chunk.ts";
import { fileEnd, rowGroupThrift } from "./footer.ts";
import { pointNamePages, siteNamePages } from "./name-columns.ts";
import type { RowGroupRows } from "./row-group-rows.ts";
import { timestampPages } from "./timestamp-column.ts";
import { valuePages } from "./value-column.ts";

export { RowGroupRows } from "./row-group-rows.ts";

/** What a file contains besides its samples. */
export interface FileSpec {
  readonly site: string;
  readonly dayStartMs: EpochMs;
  /** The names of the points by id, ascending in UTF-8 bytes. */
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

  /** Encodes `rows`, at least one, and keeps no reference to them. Throws `PointUnnamed`. */
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
    const metadata = withRows(rows.length, rowGroupThrift(chunks, rows.length));
    return { bytes: writer.getBytes().slice(), metadata };
  }
}

/**
 * Encodes the end of the file from the metadata of its row groups, in order. Without row groups it is a whole file.
 * Memory: the footer, some 450 bytes a row group.
 */
export function encodeFooter(rowGroups: Iterable<Uint8Array>): Uint8Array {
  const thrift: Uint8Array[] = [];
  let rows = 0;
  for (const metadata of rowGroups) {
    rows += new DataView(metadata.buffer, metadata.byteOffset).getUint32(0, true);
    thrift.push(metadata.subarray(4));
  }
  const end = fileEnd(thrift, rows);
  if (thrift.length > 0) return end;
  const whole = new ByteWriter(end.length + 4);
  whole.appendUint32(MAGIC);
  whole.appendBytes(end);
  return whole.getBytes();
}

/** Puts the number of rows before the Thrift bytes: the footer has the sum of rows in front of the row groups. */
function withRows(rows: number, thrift: Uint8Array): Uint8Array {
  const metadata = new Uint8Array(4 + thrift.length);
  new DataView(metadata.buffer).setUint32(0, rows, true);
  metadata.set(thrift, 4);
  return metadata;
}
