import { createHash } from "node:crypto";
import type { ObjectKey } from "../../../src/domain/layout.ts";
import type { ObjectEnd, RangeReader } from "../../../src/ports/range-reader.ts";

export interface CountedRead {
  readonly kind: "head" | "list" | "end" | "read";
  readonly key: ObjectKey;
  /** What came. */
  readonly bytes: number;
}

/** Objects in memory; an etag is the MD5 of the content, as R2's is. */
export class MemoryRanges implements RangeReader {
  readonly reads: CountedRead[] = [];
  inFlight = 0;
  inFlightMax = 0;
  /** Called before each read is answered, with how many there were before it. */
  before: (read: number, key: ObjectKey) => void | Promise<void> = () => undefined;
  readonly #objects = new Map<string, { bytes: Uint8Array; etag: string }>();

  place(key: ObjectKey, bytes: Uint8Array): void {
    this.#objects.set(key, { bytes, etag: createHash("md5").update(bytes).digest("hex") });
  }

  remove(key: ObjectKey): void {
    this.#objects.delete(key);
  }

  async end(
    key: ObjectKey,
    length: number,
    knownEtag?: string,
  ): Promise<ObjectEnd | "unchanged" | undefined> {
    const object = await this.arrive("end", key);
    if (!object) return undefined;
    if (object.etag === knownEtag) return "unchanged";
    const bytes = this.#brought(object.read, object.bytes.slice(Math.max(0, object.bytes.length - length)));
    return { etag: object.etag, size: object.bytes.length, bytes };
  }

  async read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const object = await this.arrive("read", key);
    if (object?.etag !== etag) return undefined;
    return this.#brought(object.read, object.bytes.slice(offset, offset + length));
  }

  /** The object as it is when the request comes to it. */
  protected async arrive(kind: CountedRead["kind"], key: ObjectKey) {
    const read = this.reads.push({ kind, key, bytes: 0 }) - 1;
    this.inFlightMax = Math.max(this.inFlightMax, ++this.inFlight);
    try {
      await this.before(read, key);
    } finally {
      this.inFlight--;
    }
    const object = this.#objects.get(key);
    return object && { ...object, read };
  }

  #brought(read: number, bytes: Uint8Array): Uint8Array {
    this.reads[read] = { ...(this.reads[read] as CountedRead), bytes: bytes.length };
    return bytes;
  }
}
