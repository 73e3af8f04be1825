/**
 * The key-values of a roll-up's footer, found from the end of the file. Parquet's footer has them after the row groups, so
 * that a reader who looks for one point need not read the row groups, which are most of the footer.
 */
import { FileUnreadable } from "../read/read.ts";
import { FIRST_KEY, LAST_KEY, LAST_VALUE_DIGITS } from "./rollup-format.ts";

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();
/** In Thrift's compact protocol: a field of bytes that follows the previous field, and the end of a struct. */
const BYTES_FIELD = 0x18;
const STRUCT_END = 0;
/** The last bytes of a file that have `index_bytes`: after it are created_by, the columns' orders and the trailer. */
const END_BYTES = 512;

/** How the first key-value begins: as no name of a column does, which is not followed by another field of bytes. */
const FIRST = bytesFields(FIRST_KEY);
const LAST = bytesFields(LAST_KEY);

function bytesFields(key: string): Uint8Array {
  return Uint8Array.of(BYTES_FIELD, key.length, ...UTF8.encode(key), BYTES_FIELD);
}

/** Writes into the end of a file, which has all of its footer, how many of its last bytes have the key-values. */
export function stampIndexBytes(end: Uint8Array): void {
  const text = String(end.length - lastIndexOf(end, FIRST)).padStart(LAST_VALUE_DIGITS, "0");
  end.set(UTF8.encode(text), lastIndexOf(end, LAST) + LAST.length + 1);
}

/** How many of the last bytes of a file have its key-values. `end`: at least the last 512 bytes, or the whole file. */
export function indexBytesOf(end: Uint8Array, size: number): number {
  const last = end.subarray(Math.max(0, end.length - END_BYTES));
  const at = lastIndexOf(last, LAST) + LAST.length + 1;
  const text = TEXT.decode(last.subarray(at, at + LAST_VALUE_DIGITS));
  const bytes = /^\d{8}$/.test(text) ? Number(text) : 0;
  if (bytes === 0 || bytes > size) throw new FileUnreadable("it has no index of a roll-up");
  return bytes;
}

/** The key-values that begin `bytes`. Throws `FileUnreadable`. */
export function readKeyValues(bytes: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  const text = (): string => {
    if (bytes[at++] !== BYTES_FIELD) throw new FileUnreadable("its key-values are damaged");
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += length;
    if (length < 0 || at > bytes.length) throw new FileUnreadable("its key-values are damaged");
    return TEXT.decode(bytes.subarray(at - length, at));
  };
  while (!found.has(LAST_KEY)) {
    found.set(text(), text());
    if (bytes[at++] !== STRUCT_END) throw new FileUnreadable("its key-values are damaged");
  }
  return found;
}

/** Where `part` is the last time in `bytes`. Throws `FileUnreadable`. */
function lastIndexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.length - part.length; at >= 0; at--) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  throw new FileUnreadable("it has no index of a roll-up");
}
