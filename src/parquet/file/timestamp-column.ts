import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { deltaBinaryPack } from "hyparquet-writer/src/delta.js";
import type { EpochMs } from "../../domain/day.ts";
import { concatenate } from "../bytes.ts";
import { boundsOf, type ChunkPages, plainBytes } from "./column-chunk.ts";

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
  const differences = packed.getBytes().subarray(header(ms.length, first).length);
  const { least, greatest } = boundsOf(ms);
  return {
    encoding: "DELTA_BINARY_PACKED",
    body: concatenate([header(ms.length, dayStartMs + first), differences]),
    min: int64(dayStartMs + least),
    max: int64(dayStartMs + greatest),
  };
}

/** Encodes whole numbers of any size as DELTA_BINARY_PACKED of 64 bits. */
export function deltaPages(numbers: BigInt64Array): ChunkPages {
  const packed = new ByteWriter(numbers.length * 4);
  deltaBinaryPack(packed, numbers, "INT64");
  let [least, greatest] = [numbers[0] as bigint, numbers[0] as bigint];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return {
    encoding: "DELTA_BINARY_PACKED",
    body: packed.getBytes(),
    min: plainBytes(BigInt64Array.of(least)),
    max: plainBytes(BigInt64Array.of(greatest)),
  };
}

/** The header of DELTA_BINARY_PACKED: block size (128), miniblocks (4), the count and the first value. */
function header(count: number, first: number): Uint8Array {
  const writer = new ByteWriter(24);
  writer.appendVarInt(128);
  writer.appendVarInt(4);
  writer.appendVarInt(count);
  writer.appendZigZag(BigInt(first));
  return writer.getBytes();
}

const int64 = (value: number) => plainBytes(BigInt64Array.of(BigInt(value)));
