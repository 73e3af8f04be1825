import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type { ObjectEnd, RangeReader } from "../../src/ports/range-reader.ts";

/** A folder as a bucket. */
export class FileRanges implements RangeReader {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async end(
    key: ObjectKey,
    length: number,
    knownEtag?: string,
  ): Promise<ObjectEnd | "unchanged" | undefined> {
    const found = statSync(join(this.#folder, key), { throwIfNoEntry: false });
    if (!found) return undefined;
    const [size, etag] = [found.size, `${found.ino}-${found.mtimeMs}`];
    if (etag === knownEtag) return "unchanged";
    const taken = Math.min(size, length);
    return { etag, size, bytes: this.#bytes(key, size - taken, taken) };
  }

  async read(key: ObjectKey, _etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return this.#bytes(key, offset, length);
  }

  #bytes(key: ObjectKey, offset: number, length: number): Uint8Array {
    const file = openSync(join(this.#folder, key), "r");
    try {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    } finally {
      closeSync(file);
    }
  }
}
