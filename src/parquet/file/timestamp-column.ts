import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { deltaBinaryPack } from "hyparquet-writer/src/delta.js";
import type { EpochMs } from "../../domain/day.ts";
import { boundsOf, type ChunkPages } from "./column-chunk.ts";

/** Block size (128) and miniblocks (4): the two varints before the count in DELTA_BINARY_PACKED. */
const PARAMETERS = new Uint8Array([0x80, 0x01, 0x04]);

/**
 * Encodes the timestamps of a row group as DELTA_BINARY_PACKED. `ms` are milliseconds since the start of the day.
 *
 * Only the header of that encoding has a timestamp, the first; everything else is differences, which are the same
 * for milliseconds of the day. These fit into 32 bits, so they are packed without a bigint for each row, and the
 * header is replaced by that of the epoch's milliseconds. (Parquet format, Encodings.md, "Delta Encoding".)
 */
export function timestampPages(ms: Int32Array, dayStartMs: EpochMs): ChunkPages {
  const packed = new ByteWriter(ms.length * 4);
  deltaBinaryPack(packed, ms, "INT64");
  const first = ms[0] as number;
  const headerBytes = PARAMETERS.length + varintLength(ms.length) + varintLength(first * 2);

  const page = new ByteWriter(packed.index + 16);
  page.appendBytes(PARAMETERS);
  page.appendVarInt(ms.length);
  page.appendZigZag(BigInt(dayStartMs + first));
  page.appendBytes(packed.getBytes().subarray(headerBytes));

  const { least, greatest } = boundsOf(ms);
  return {
    encoding: "DELTA_BINARY_PACKED",
    body: page.getBytes(),
    min: int64(dayStartMs + least),
    max: int64(dayStartMs + greatest),
  };
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

function int64(value: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
}
