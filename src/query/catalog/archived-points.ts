import type { UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { PointCounter, rowGroups } from "../../parquet/read/read.ts";
import type { ArchiveReader, ObjectHead } from "../../ports/archive.ts";
import { ObjectUnsettled, objectFault, VERSIONS_MAX } from "../cold/cold.ts";
import type { Meter } from "../cost.ts";
import type { PointSummary } from "../source.ts";
import type { DayPoints } from "./day-points.ts";

type Reader = Pick<ArchiveReader, "head" | "read">;

/** Ends the decoding of a version of an object that has been replaced. */
class Replaced extends Error {}

/**
 * The points of an archived day, counted from the rows of its whole file: no statistic of the file has them. A day of
 * the reference site is some 12 MB, of which a few MiB are in memory at a time. Throws `ObjectUnreadable`,
 * `ObjectUnsettled`, and what the archive throws.
 */
export async function archivedPoints(
  archive: Reader,
  site: SiteName,
  day: UtcDay,
  meter: Meter,
): Promise<DayPoints> {
  for (let versions = 0; versions < VERSIONS_MAX; versions += 1) {
    const head = await archive.head(objectKey(site, day));
    if (!head) return { state: "missing", tiers: [], points: [] };
    try {
      const points = await countPoints(archive, head, meter);
      return { state: points.length > 0 ? "present" : "empty", tiers: ["cold"], points };
    } catch (fault) {
      if (!(fault instanceof Replaced)) throw objectFault(head.key, fault);
    }
  }
  throw new ObjectUnsettled(objectKey(site, day), VERSIONS_MAX);
}

async function countPoints(
  archive: Reader,
  { key, etag, bytes: byteLength }: ObjectHead,
  meter: Meter,
): Promise<readonly PointSummary[]> {
  const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
    const part = await archive.read(key, { offset: start, length: end - start }, { ifMatch: etag });
    if (!part?.bytes) throw new Replaced();
    return part.bytes.slice().buffer as ArrayBuffer;
  };
  const counter = new PointCounter();
  for await (const group of rowGroups({ byteLength, slice })) {
    meter.rowGroupsRead += 1;
    counter.count(group);
  }
  return counter.counted;
}
