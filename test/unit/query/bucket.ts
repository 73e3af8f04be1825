import type { ObjectKey } from "../../../src/domain/layout.ts";
import type { Archive, ObjectHead } from "../../../src/ports/ports.ts";
import { MemoryRanges } from "../../support/query/memory-ranges.ts";

/** Small, so that a month has several pages. */
const LIST_PAGE = 4;

interface Placed {
  readonly bytes: Uint8Array;
  readonly metadata: ObjectHead["metadata"];
}

/** A bucket in memory as the Query Worker sees it. Every request is counted, and may find that an object has changed. */
export class Bucket extends MemoryRanges implements Pick<Archive, "head" | "list" | "read"> {
  readonly objects = new Map<ObjectKey, Placed>();

  override place(key: ObjectKey, bytes: Uint8Array, metadata: ObjectHead["metadata"] = {}): void {
    super.place(key, bytes);
    this.objects.set(key, { bytes, metadata });
  }

  override remove(key: ObjectKey): void {
    super.remove(key);
    this.objects.delete(key);
  }

  async head(key: ObjectKey): Promise<ObjectHead | undefined> {
    const object = await this.arrive("head", key);
    return object && this.#headOf(key, object.etag);
  }

  async list(prefix: string, cursor: string | undefined): Promise<{ heads: ObjectHead[]; cursor?: string }> {
    await this.arrive("list", prefix as ObjectKey);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const from = Number(cursor ?? 0);
    const heads = keys.slice(from, from + LIST_PAGE).map((key) => this.#headOf(key, "listed"));
    const next = from + LIST_PAGE;
    return { heads, ...(next < keys.length ? { cursor: String(next) } : {}) };
  }

  #headOf(key: ObjectKey, etag: string): ObjectHead {
    const { bytes, metadata } = this.objects.get(key) as Placed;
    return { key, etag, bytes: bytes.length, sha256: undefined, uploadedAt: 0, metadata };
  }
}
