import type { EpochMs } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { RollupIndex } from "../../parquet/rollup/rollup.ts";
import { type FileVersion, FileVersions, FOOTER_TRUST_MS, type FooterCache } from "../cold/cold.ts";
import { INDEXES_BYTES_MAX, UNUSABLE_MAX } from "./rollup-limits.ts";

/** The last index that was read of each roll-up, and for a minute that a period has none, or a damaged one. */
export class KnownRollups extends FileVersions<RollupIndex> {
  readonly #unusable = new Map<ObjectKey, EpochMs>();

  constructor(now: () => EpochMs, cache?: FooterCache, bytesMax = INDEXES_BYTES_MAX) {
    super(now, RollupIndex.unpack, cache, bytesMax);
  }

  override keep(key: ObjectKey, version: FileVersion<RollupIndex>, seenAtMs: EpochMs): void {
    this.#unusable.delete(key);
    super.keep(key, version, seenAtMs);
  }

  /** Whether a request of the last minute has shown that there is no roll-up that can be read. */
  isUnusable(key: ObjectKey): boolean {
    const seenAtMs = this.#unusable.get(key);
    return seenAtMs !== undefined && this.now() - seenAtMs < FOOTER_TRUST_MS;
  }

  /** Records that a request made at `seenAtMs` found no roll-up that can be read. */
  keepUnusable(key: ObjectKey, seenAtMs: EpochMs): void {
    this.#unusable.delete(key);
    this.#unusable.set(key, seenAtMs);
    const [oldest] = this.#unusable.keys();
    if (this.#unusable.size > UNUSABLE_MAX && oldest !== undefined) this.#unusable.delete(oldest);
  }
}
