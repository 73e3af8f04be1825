import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { deltaBinaryPack } from "hyparquet-writer/src/delta.js";
import type { EpochMs } from "../../domain/day.ts";
import { DELTA_MAX, packDeltas, snappyCompress } from "../encoding/encoding.ts";
import { type ChunkPages, plainBytes } from "./column-chunk.ts";

/**
 * Encodes the timestamps of a row group as DELTA_BINARY_PACKED, in the way that takes fewer bytes once it is
 * compressed. `ms` are milliseconds since the start of the day. Only the header of that encoding has a timestamp, the
 * first; everything else is differences, which nearly always fit into 32 bits.
 */
export function timestampPages(ms: Int32Array, dayStartMs: EpochMs): ChunkPages {
  const [least, greatest] = timesOf(ms);
  if (greatest - least > DELTA_MAX)
    return deltaPages(BigInt64Array.from(ms, (each) => BigInt(dayStartMs + each)));
  const { narrow, aligned } = packDeltas(ms, dayStartMs);
  const [narrowCompressed, alignedCompressed] = [snappyCompress(narrow), snappyCompress(aligned)];
  return {
    encoding: "DELTA_BINARY_PACKED",
    ...(alignedCompressed.length < narrowCompressed.length
      ? { body: aligned, compressed: alignedCompressed }
      : { body: narrow, compressed: narrowCompressed }),
    min: int64(dayStartMs + least),
    max: int64(dayStartMs + greatest),
  };
}

/** The first and the last of the times, which are at least one. */
function timesOf(ms: Int32Array): readonly [number, number] {
  let [least, greatest] = [ms[0] as number, ms[0] as number];
  for (let row = 0; row < ms.length; row++) {
    const time = ms[row] as number;
    if (time < least) least = time;
    if (time > greatest) greatest = time;
  }
  return [least, greatest];
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

const int64 = (value: number) => plainBytes(BigInt64Array.of(BigInt(value)));
