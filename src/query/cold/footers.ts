import type { EpochMs } from "../../domain/day.ts";
import { FooterIndex } from "../../parquet/read/read.ts";
import { FOOTERS_BYTES_MAX } from "./cold-limits.ts";
import { FileVersions, type FooterCache } from "./file-versions.ts";

/** The last footer that was read of each day's file. */
export class Footers extends FileVersions<FooterIndex> {
  constructor(now: () => EpochMs, cache?: FooterCache, bytesMax = FOOTERS_BYTES_MAX) {
    super(now, FooterIndex.unpack, cache, bytesMax);
  }
}
