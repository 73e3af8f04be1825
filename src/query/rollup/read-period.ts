import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { FileUnreadable } from "../../parquet/read/read.ts";
import {
  bytesIn,
  coalesce,
  endOf,
  ObjectUnreadable,
  objectFault,
  READS_IN_FLIGHT_MAX,
  VERSIONS_MAX,
} from "../cold/cold.ts";
import type { Meter } from "../cost.ts";
import type { SampleQuery } from "../source.ts";
import { type OpenedRollup, type OpenTools, openRollup } from "./open-rollup.ts";
import type { PeriodQuery, RollupContent } from "./rollup-content.ts";
import { GAP_BYTES_MAX } from "./rollup-limits.ts";

export interface PeriodTools extends OpenTools {
  readonly meter: Meter;
  /** Called with the fault of a roll-up that can't be read. */
  onDamaged(key: ObjectKey, fault: Error): void;
  /** Resolves once so many bytes may be fetched and decoded, for days that the roll-up describes. */
  admit(bytes: number, held: readonly UtcDay[]): Promise<void>;
}

/**
 * The days of a period that its roll-up describes, all from one version of it: where it is replaced in between, the period is
 * read again from the new version. The other days are left out, so that they are read from their own files: also all days of
 * a roll-up that is damaged, that is replaced again and again, or that takes more memory than it may.
 */
export async function readPeriod<Query extends SampleQuery, Day>(
  period: PeriodQuery<Query>,
  content: RollupContent<Query, Day>,
  tools: PeriodTools,
): Promise<readonly Day[]> {
  const { known } = tools;
  const { key } = period;
  try {
    for (let versions = 0; versions < VERSIONS_MAX; versions++) {
      const requestedAtMs = known.now();
      // A known index is tried once: the cache may return an outdated one for longer than this loop runs.
      const opened = await openRollup(period, content, tools, versions === 0);
      if (opened === "changed") continue;
      if (opened === undefined || opened.held.length === 0) return [];
      const days = await readGroups(period, content, tools, opened);
      if (days === "too large") return [];
      if (!days) {
        known.forget(key, opened.version);
        continue;
      }
      if (opened.wanted.length > 0) known.confirm(key, opened.version, requestedAtMs);
      count(tools.meter, opened);
      return days;
    }
  } catch (fault) {
    if (!(fault instanceof ObjectUnreadable)) throw fault;
    tools.onDamaged(key, fault);
    known.keepUnusable(key, known.now());
  }
  return [];
}

function count(meter: Meter, { index, tail, wanted }: OpenedRollup): void {
  if (!tail) meter.cacheHits++;
  meter.rowGroupsRead += wanted.length;
  meter.rowGroupsPruned += index.groups - wanted.length;
}

/**
 * Reads and decodes the wanted row groups; undefined where the object no longer is this version. Row groups are decoded as
 * they come, so that no more than six ranges are in memory.
 */
async function readGroups<Query extends SampleQuery, Day>(
  period: PeriodQuery<Query>,
  content: RollupContent<Query, Day>,
  { archive, admit }: PeriodTools,
  opened: OpenedRollup,
): Promise<Day[] | "too large" | undefined> {
  const { version, tail, wanted } = opened;
  const missing = wanted.map(({ range }) => range).filter(({ offset }) => !tail || offset < tail.offset);
  const ranges = coalesce(missing, GAP_BYTES_MAX, Number.POSITIVE_INFINITY);
  const longest = Math.max(0, ...ranges.map(({ length }) => length));
  const inFlight = Math.min(ranges.length, READS_IN_FLIGHT_MAX) * longest;
  const bytes = inFlight + content.decodedBytes(period, opened);
  if (bytes > content.bytesMax) return "too large";
  await admit(bytes, opened.held);

  const gathered = content.gather(period, opened);
  const decode = (part: { readonly offset: number; readonly bytes: Uint8Array }) => {
    const end = part.offset + part.bytes.length;
    for (const group of wanted) {
      if (group.range.offset < part.offset || endOf(group.range) > end) continue;
      gathered.add(group, bytesIn([part]));
    }
  };
  try {
    if (tail) decode(tail);
    const fetched = ranges.map(async (range) => {
      const part = await archive.read(period.key, range, { ifMatch: version.etag });
      if (!part?.bytes) return false;
      if (part.bytes.length < range.length) throw new FileUnreadable("a row group is cut off");
      decode({ offset: range.offset, bytes: part.bytes });
      return true;
    });
    return (await Promise.all(fetched)).every((isCurrent) => isCurrent) ? gathered.take() : undefined;
  } catch (fault) {
    throw objectFault(period.key, fault);
  }
}
