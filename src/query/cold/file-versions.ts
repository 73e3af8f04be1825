import type { EpochMs } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { concatenate } from "../../parquet/bytes.ts";
import type { FooterIndex } from "../../parquet/read/read.ts";
import { CACHE_PUTS_MAX, FOOTER_TRUST_MS } from "./cold-limits.ts";

/**
 * A cache of bytes for later requests, also of other isolates. It may forget and reject entries, and return outdated ones:
 * each entry says of which object version it is.
 */
export interface FooterCache {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** One version of an object, and where its rows are. */
export interface FileVersion<Index = FooterIndex> {
  readonly etag: string;
  readonly index: Index;
}

/** The index of a file, as bytes that are shared. */
interface PackedIndex {
  readonly packed: Uint8Array;
  /** Memory that the index takes. */
  readonly bytes: number;
}

interface SeenVersion<Index> extends FileVersion<Index> {
  /** When the request was made that showed the object to have this etag; -Infinity where no request of this isolate did. */
  readonly seenAtMs: EpochMs;
}

/**
 * The last index that was read of each object: in memory, from which the longest unused is dropped first, and in a cache
 * that is shared with other isolates. Only the next read, on the condition of the etag, shows whether the object still is
 * this version.
 */
export class FileVersions<Index extends PackedIndex> {
  readonly #versions = new Map<ObjectKey, SeenVersion<Index>>();
  #bytes = 0;
  #puts = 0;
  readonly now: () => EpochMs;
  readonly #unpack: (packed: Uint8Array) => Index | undefined;
  readonly #cache: FooterCache | undefined;
  readonly #bytesMax: number;

  /** `unpack` returns undefined, or throws, for bytes that are no index. */
  constructor(
    now: () => EpochMs,
    unpack: (packed: Uint8Array) => Index | undefined,
    cache: FooterCache | undefined,
    bytesMax: number,
  ) {
    this.now = now;
    this.#unpack = unpack;
    this.#cache = cache;
    this.#bytesMax = bytesMax;
  }

  async find(key: ObjectKey): Promise<FileVersion<Index> | undefined> {
    const found = this.#versions.get(key) ?? (await this.#fromCache(key));
    if (found) this.#remember(key, found);
    return found;
  }

  /** Whether the object was this version within the last `FOOTER_TRUST_MS`. */
  trusts(key: ObjectKey, { etag }: FileVersion<Index>): boolean {
    const seen = this.#versions.get(key);
    return seen?.etag === etag && this.now() - seen.seenAtMs < FOOTER_TRUST_MS;
  }

  /** Records a version that was read by a request made at `seenAtMs`. The cache gets it later, or not at all. */
  keep(key: ObjectKey, version: FileVersion<Index>, seenAtMs: EpochMs): void {
    this.confirm(key, version, seenAtMs);
    void this.#share(key, version);
  }

  /** Records that a request made at `seenAtMs` found the object to be this version. */
  confirm(key: ObjectKey, { etag, index }: FileVersion<Index>, seenAtMs: EpochMs): void {
    this.#remember(key, { etag, index, seenAtMs });
  }

  /** Records that the object no longer is this version. */
  forget(key: ObjectKey, { etag }: FileVersion<Index>): void {
    if (this.#versions.get(key)?.etag === etag) this.#drop(key);
  }

  async #fromCache(key: ObjectKey): Promise<SeenVersion<Index> | undefined> {
    const bytes = await this.#cache?.get(key).catch(() => undefined);
    const found = bytes && this.#versionOf(bytes);
    // A version that another query has read in the meantime is not older.
    return this.#versions.get(key) ?? (found && { ...found, seenAtMs: Number.NEGATIVE_INFINITY });
  }

  /** Not awaited, and bounded, so that a slow cache neither delays a query nor fills the memory. */
  async #share(key: ObjectKey, version: FileVersion<Index>): Promise<void> {
    if (!this.#cache || this.#puts === CACHE_PUTS_MAX) return;
    this.#puts++;
    await this.#cache.put(key, bytesOf(version)).catch(() => undefined);
    this.#puts--;
  }

  /** Ignores a version that was seen before the recorded one: a slow request may return it after a later request. */
  #remember(key: ObjectKey, seen: SeenVersion<Index>): void {
    if ((this.#versions.get(key)?.seenAtMs ?? seen.seenAtMs) > seen.seenAtMs) return;
    this.#drop(key);
    this.#versions.set(key, seen);
    this.#bytes += seen.index.bytes;
    for (const oldest of this.#versions.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  /** undefined for bytes that `bytesOf` has not written; the index is then read from the object. */
  #versionOf(bytes: Uint8Array): FileVersion<Index> | undefined {
    const indexAt = 1 + (bytes[0] ?? 0);
    try {
      const index = this.#unpack(bytes.subarray(indexAt));
      return index && { etag: new TextDecoder().decode(bytes.subarray(1, indexAt)), index };
    } catch {
      return undefined;
    }
  }

  #drop(key: ObjectKey): void {
    this.#bytes -= this.#versions.get(key)?.index.bytes ?? 0;
    this.#versions.delete(key);
  }
}

/**
 * A cache entry: the length of the etag, the etag, the index. It has no time, since what another isolate has seen,
 * perhaps in another bucket, does not count for this isolate.
 */
function bytesOf({ etag, index }: FileVersion<PackedIndex>): Uint8Array {
  const text = new TextEncoder().encode(etag);
  return concatenate([Uint8Array.of(text.length), text, index.packed]);
}
