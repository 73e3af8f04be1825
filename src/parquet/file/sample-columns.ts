import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writeChunk } from "./column-chunk.ts";
import { timestampPages } from "./timestamp-column.ts";
import { valuePages } from "./value-column.ts";

/** The column chunks of times and values, as a row group has them, one after the other. */
export interface SampleColumnBytes {
  readonly bytes: Uint8Array;
  /** Where the values begin. */
  readonly timestampBytes: number;
}

/**
 * Encodes times and values as the column chunks of a row group, for storage outside of a file. There is at least one
 * row. `decodeSampleColumns` decodes them.
 */
export function encodeSampleColumns(times: Int32Array, values: Float64Array): SampleColumnBytes {
  const writer = new ByteWriter(values.length * 4 + 256);
  writeChunk(writer, timestampPages(times, 0), times.length);
  const timestampBytes = writer.offset;
  writeChunk(writer, valuePages(values), values.length);
  return { bytes: writer.getBytes().slice(), timestampBytes };
}
