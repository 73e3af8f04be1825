import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import type { EpochMs } from "../../domain/day.ts";
import { writeChunk } from "./column-chunk.ts";
import { fileEnd, MAGIC, rowGroupThrift } from "./footer.ts";
import { pointNamePages, siteNamePages } from "./name-columns.ts";
import type { SortedRows } from "./sorted-rows.ts";
import { timestampPages } from "./timestamp-column.ts";
import { valuePages } from "./value-column.ts";

/** What a file says beyond its samples. */
export interface FileSpec {
  readonly site: string;
  readonly dayStartMs: EpochMs;
  /** The names of the points by id, ascending in UTF-8 bytes. */
  readonly names: readonly string[];
}

/** A closed row group: the next bytes of the file, and what the footer will say of them. */
export interface EncodedRowGroup {
  readonly rows: number;
  /** Usually some 30 KB; long names or large row groups can exceed one SQL value. */
  readonly bytes: Uint8Array;
  /** Opaque, some 450 bytes with names of 60; given back to `encodeFooter`. */
  readonly metadata: Uint8Array;
}

/**
 * Encodes row groups in order, each into its bytes. The only state is the size of the file so far: an
 * encoder that begins at another's `fileOffset` goes on with the same bytes.
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

  /** `rows` are not kept, and hold at least one row. Throws `PointUnnamed`. */
  encode(rows: SortedRows): EncodedRowGroup {
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
    return {
      rows: rows.length,
      bytes: writer.getBytes().slice(),
      metadata: withRows(rows.length, rowGroupThrift(chunks, rows.length)),
    };
  }
}

/**
 * The end of the file, for the metadata of its row groups in order. With none it is the whole file: one of
 * zero rows. Holds the footer, some 450 bytes a row group.
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

/** The footer states the sum of rows before the row groups; so each brings its number where it is easily read. */
function withRows(rows: number, thrift: Uint8Array): Uint8Array {
  const metadata = new Uint8Array(4 + thrift.length);
  new DataView(metadata.buffer).setUint32(0, rows, true);
  metadata.set(thrift, 4);
  return metadata;
}
