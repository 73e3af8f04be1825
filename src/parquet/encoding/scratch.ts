/** A larger buffer is made for one call and not kept. */
const KEPT_BYTES_MAX = 256 * 1024;

/** A buffer for the output of one call after another, each of which copies its output out of it. */
export class Scratch {
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  /** At least `length` bytes, with any content, and the same bytes as a view. */
  take(length: number): { readonly bytes: Uint8Array; readonly view: DataView } {
    if (length > KEPT_BYTES_MAX) {
      const bytes = new Uint8Array(length);
      return { bytes, view: new DataView(bytes.buffer) };
    }
    if (length > this.#bytes.length) {
      this.#bytes = new Uint8Array(length);
      this.#view = new DataView(this.#bytes.buffer);
    }
    return { bytes: this.#bytes, view: this.#view };
  }
}

/** Writes an unsigned number of 32 bits as LEB128 at `at`, and returns where it ends. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value >>> 0;
  while (rest > 0x7f) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}
