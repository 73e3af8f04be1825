import type { EpochMs } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { FooterIndex } from "../../parquet/read/read.ts";
import type { FooterCache } from "../../ports/footer-cache.ts";
import { CACHE_PUTS_MAX, FOOTER_TRUST_MS, FOOTERS_BYTES_MAX } from "./limits.ts";

/** One version of an object, and where its samples are. */
export interface FileVersion {
  readonly etag: string;
  readonly index: FooterIndex;
}

interface Kept extends FileVersion {
  /** When the request was made that showed the object to have this etag; long ago where none of this isolate's did. */
  readonly seenAtMs: EpochMs;
}

/**
 * The footers that were read, the last one of each object: in memory, the longest unused going first, and behind it
 * in a cache that other isolates share. That the object still is this version nobody knows before its next read,
 * which is made on the condition of the etag.
 */
export class Footers {
  readonly #kept = new Map<ObjectKey, Kept>();
  #bytes = 0;
  #puts = 0;
  readonly now: () => EpochMs;
  readonly #cache: FooterCache | undefined;
  readonly #bytesMax: number;

  constructor(now: () => EpochMs, cache?: FooterCache, bytesMax = FOOTERS_BYTES_MAX) {
    this.now = now;
    this.#cache = cache;
    this.#bytesMax = bytesMax;
  }

  async find(key: ObjectKey): Promise<FileVersion | undefined> {
    const kept = this.#kept.get(key) ?? (await this.#fromCache(key));
    if (kept) this.#remember(key, kept);
    return kept;
  }

  /** Whether the object was this version just now. */
  trusts(key: ObjectKey, { etag }: FileVersion): boolean {
    const kept = this.#kept.get(key);
    return kept?.etag === etag && this.now() - kept.seenAtMs < FOOTER_TRUST_MS;
  }

  /** Notes a version that was read, by a request made at `seenAtMs`. The cache may get it later, or not at all. */
  keep(key: ObjectKey, { etag, index }: FileVersion, seenAtMs: EpochMs): void {
    this.#remember(key, { etag, index, seenAtMs });
    void this.#share(key, { etag, index });
  }

  /** Notes that the object still was this version for a request made at `seenAtMs`. */
  confirm(key: ObjectKey, { etag, index }: FileVersion, seenAtMs: EpochMs): void {
    this.#remember(key, { etag, index, seenAtMs });
  }

  /** Notes that the object no longer is this version. */
  forget(key: ObjectKey, { etag }: FileVersion): void {
    if (this.#kept.get(key)?.etag === etag) this.#drop(key);
  }

  async #fromCache(key: ObjectKey): Promise<Kept | undefined> {
    const bytes = await this.#cache?.get(key).catch(() => undefined);
    const found = bytes && versionOf(bytes);
    // What another query has read in the meantime is no older.
    return this.#kept.get(key) ?? (found && { ...found, seenAtMs: Number.NEGATIVE_INFINITY });
  }

  /** Nobody waits for it: of a cache that is slow, more than so many would be held here twice. */
  async #share(key: ObjectKey, version: FileVersion): Promise<void> {
    if (!this.#cache || this.#puts === CACHE_PUTS_MAX) return;
    this.#puts++;
    await this.#cache.put(key, bytesOf(version)).catch(() => undefined);
    this.#puts--;
  }

  /** A request that took long may bring an older version than one made after it. */
  #remember(key: ObjectKey, kept: Kept): void {
    if ((this.#kept.get(key)?.seenAtMs ?? kept.seenAtMs) > kept.seenAtMs) return;
    this.#drop(key);
    this.#kept.set(key, kept);
    this.#bytes += kept.index.packed.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  #drop(key: ObjectKey): void {
    this.#bytes -= this.#kept.get(key)?.index.packed.length ?? 0;
    this.#kept.delete(key);
  }
}

/** The etag as JSON, its length before it; then the index. Without a time: a look of another isolate, perhaps at another bucket, is not ours. */
function bytesOf({ etag, index }: FileVersion): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ etag }));
  const bytes = new Uint8Array(4 + head.length + index.packed.length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  bytes.set(index.packed, 4 + head.length);
  return bytes;
}

/** Undefined for bytes that we have not written: then the footer is read. */
function versionOf(bytes: Uint8Array): FileVersion | undefined {
  try {
    const headEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
    const { etag } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, headEnd))) as Partial<FileVersion>;
    const index = FooterIndex.unpack(bytes.subarray(headEnd));
    return index && typeof etag === "string" ? { etag, index } : undefined;
  } catch {
    return undefined;
  }
}
