import type { EpochMs } from "../../domain/day.ts";
import { type ObjectKey, pointsKey } from "../../domain/layout.ts";
import { POINTS_FILE_BYTES_MAX } from "../../domain/limits.ts";
import type { PointRow } from "../../domain/point-row.ts";
import type { SiteName } from "../../domain/site.ts";
import { decodePoints } from "../../parquet/points/points.ts";
import { FileUnreadable } from "../../parquet/read/read.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { objectFault } from "../cold/cold.ts";

/** How long a points file is taken to be the newest without a request for it; as for footers. */
export const POINTS_TRUST_MS = 60_000;

/** Points that are kept in memory over all sites: seven of the reference site, some 8 MiB. */
export const POINTS_KEPT_MAX = 32_000;

/** A site's points file as it was read last: its rows by name, in the order of the file; undefined: there is none. */
export type PointsFile = ReadonlyMap<string, PointRow> | undefined;

interface Seen {
  readonly etag: string | undefined;
  readonly file: PointsFile;
  readonly seenAtMs: EpochMs;
}

/**
 * The points files that were read last, the longest unused of which are dropped first. A file is read again on the
 * condition that it is another version, once its last request is older than `POINTS_TRUST_MS`.
 */
export class PointsFiles {
  readonly #seen = new Map<ObjectKey, Seen>();
  readonly #pointsMax: number;

  constructor(pointsMax = POINTS_KEPT_MAX) {
    this.#pointsMax = pointsMax;
  }

  /** Throws `ObjectUnreadable`, and what the archive throws. */
  async read(archive: Pick<ArchiveReader, "read">, site: SiteName, nowMs: EpochMs): Promise<PointsFile> {
    const key = pointsKey(site);
    const seen = this.#seen.get(key);
    const ageMs = nowMs - (seen?.seenAtMs ?? Number.NEGATIVE_INFINITY);
    // After a step back of the clock nothing is known of the age.
    if (seen && ageMs >= 0 && ageMs < POINTS_TRUST_MS) return this.#keep(key, seen);
    const condition = seen?.etag === undefined ? undefined : { ifNoneMatch: seen.etag };
    const part = await archive.read(key, { suffix: POINTS_FILE_BYTES_MAX }, condition);
    if (!part) return this.#keep(key, { etag: undefined, file: undefined, seenAtMs: nowMs });
    if (!part.bytes) return this.#keep(key, { etag: part.etag, file: seen?.file, seenAtMs: nowMs });
    try {
      if (part.bytes.length < part.size) throw new FileUnreadable(`it has ${part.size} bytes`);
      return this.#keep(key, { etag: part.etag, file: await rowsOf(part.bytes), seenAtMs: nowMs });
    } catch (fault) {
      throw objectFault(key, fault);
    }
  }

  #keep(key: ObjectKey, seen: Seen): PointsFile {
    this.#seen.delete(key);
    this.#seen.set(key, seen);
    let points = 0;
    // From the last used on: a site that was asked for just now is kept, unless it is too large by itself.
    for (const [other, { file }] of [...this.#seen].reverse()) {
      // A site without a file takes a place as well.
      points += 1 + (file?.size ?? 0);
      if (points > this.#pointsMax) this.#seen.delete(other);
    }
    return seen.file;
  }
}

async function rowsOf(bytes: Uint8Array): Promise<ReadonlyMap<string, PointRow>> {
  const { buffer, byteLength, byteOffset } = bytes;
  const slice = (start: number, end = byteLength) =>
    buffer.slice(byteOffset + start, byteOffset + end) as ArrayBuffer;
  const rows = new Map<string, PointRow>();
  for await (const group of decodePoints({ byteLength, slice })) {
    for (const row of group) rows.set(row.name, row);
  }
  return rows;
}
