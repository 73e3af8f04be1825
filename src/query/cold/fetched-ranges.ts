import { FileUnreadable } from "../../parquet/read/read.ts";

/** Parts of one version of a file, in memory. */
export class FetchedRanges {
  /** How many requests they took. */
  readonly requests: number;
  readonly #parts: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  constructor(requests: number) {
    this.requests = requests;
  }

  add(offset: number, bytes: Uint8Array): void {
    this.#parts.push({ offset, bytes });
  }

  /** The bytes at a place in the file, not copied. Throws `FileUnreadable` where a part is shorter than was asked. */
  bytesAt(offset: number, length: number): Uint8Array {
    for (const part of this.#parts) {
      const from = offset - part.offset;
      if (from >= 0 && from + length <= part.bytes.length) return part.bytes.subarray(from, from + length);
    }
    throw new FileUnreadable(`the bytes from ${offset} to ${offset + length} did not come`);
  }
}
