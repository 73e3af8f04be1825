import type { UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { FileUnreadable, PointCounter, rowGroups } from "../../parquet/read/read.ts";
import type { ArchiveReader, ObjectHead } from "../../ports/archive.ts";
import type { DayPoints, Meter, PointSummary } from "../source.ts";
import { ObjectUnreadable, ObjectUnsettled } from "./faults.ts";
import { VERSIONS_MAX } from "./limits.ts";

/** Values are half of the work of decoding, and say nothing of what is counted. */
const COUNTED = ["timestamp", "pointName"] as const;

/** Thrown by a read to end the decoding of a version that is gone. */
class Replaced extends Error {}

/**
 * The points of a day by the rows of its file, which is read whole, for no statistic tells them: some 12 MB of the
 * reference site, a few MiB of them held at a time. Throws `ObjectUnreadable`, `ObjectUnsettled`, and what the archive throws.
 */
export class ColdPoints {
  readonly #archive: Pick<ArchiveReader, "head" | "read">;

  constructor(archive: Pick<ArchiveReader, "head" | "read">) {
    this.#archive = archive;
  }

  async points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints> {
    for (let versions = 0; versions < VERSIONS_MAX; versions += 1) {
      const head = await this.#archive.head(objectKey(site, day));
      if (!head) return { state: "missing", tiers: [], points: [] };
      try {
        const points = await this.#count(head, meter);
        return { state: points.length > 0 ? "present" : "empty", tiers: ["cold"], points };
      } catch (fault) {
        if (fault instanceof FileUnreadable) throw new ObjectUnreadable(head.key, fault);
        if (!(fault instanceof Replaced)) throw fault;
      }
    }
    throw new ObjectUnsettled(objectKey(site, day), VERSIONS_MAX);
  }

  async #count(head: ObjectHead, meter: Meter): Promise<readonly PointSummary[]> {
    const slice = async (start: number, end = head.bytes): Promise<ArrayBuffer> => {
      const range = { offset: start, length: end - start };
      const part = await this.#archive.read(head.key, range, { ifMatch: head.etag });
      if (!part?.bytes) throw new Replaced();
      return part.bytes.slice().buffer as ArrayBuffer;
    };
    const counter = new PointCounter();
    for await (const group of rowGroups({ byteLength: head.bytes, slice }, COUNTED)) {
      meter.rowGroupsRead += 1;
      counter.count(group);
    }
    return counter.counted;
  }
}
