import { decodeColumn } from "./columns.ts";
import { FileUnreadable } from "./unreadable.ts";

/** Times and values, by row. */
export interface DecodedSamples {
  readonly times: Int32Array;
  /** Finite. */
  readonly values: Float64Array;
}

/** Decodes what `encodeSampleColumns` returned for `rows` rows. Throws `FileUnreadable`. */
export function decodeSampleColumns(bytes: Uint8Array, timestampBytes: number, rows: number): DecodedSamples {
  const chunks = {
    time: { offset: 0, length: timestampBytes },
    value: { offset: timestampBytes, length: bytes.length - timestampBytes },
  };
  const bytesAt = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const times = decodeColumn({ rows, chunks, bytesAt }, "time");
  const values = decodeColumn({ rows, chunks, bytesAt }, "value");
  if (!(times instanceof Int32Array)) throw new FileUnreadable("the times are of another type");
  return { times, values: finite(values) };
}

function finite(column: ArrayLike<unknown>): Float64Array {
  const values = new Float64Array(column.length);
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new FileUnreadable(`row ${row} has no number`);
    values[row] = value;
  }
  return values;
}
