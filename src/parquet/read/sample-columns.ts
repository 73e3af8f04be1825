import { decodeColumn } from "./columns.ts";
import { FileUnreadable } from "./unreadable.ts";

export interface DecodedSamples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Decodes what `encodeSampleColumns` returned for `rows` rows. Throws `FileUnreadable`. */
export function decodeSampleColumns(bytes: Uint8Array, timestampBytes: number, rows: number): DecodedSamples {
  const chunks = {
    timestamp: { offset: 0, length: timestampBytes },
    value: { offset: timestampBytes, length: bytes.length - timestampBytes },
  };
  const group = {
    rows,
    chunks,
    bytesAt: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const times = decodeColumn(group, "timestamp");
  const values = decodeColumn(group, "value");
  if (!(values instanceof Float64Array)) return { times: numbers(times), values: numbers(values) };
  return { times: numbers(times), values };
}

function numbers(column: ArrayLike<unknown>): Float64Array {
  const result = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const value = Number(column[row] ?? Number.NaN);
    if (!Number.isFinite(value)) throw new FileUnreadable(`row ${row} has no number`);
    result[row] = value;
  }
  return result;
}
