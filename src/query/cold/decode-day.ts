import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../domain/day.ts";
import { type ObjectKey, objectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { FileUnreadable, type FooterIndex, groupSamples } from "../../parquet/read/read.ts";
import { DaySeries, type Series } from "../day-series.ts";
import type { SampleQuery } from "../source.ts";
import type { FetchedRanges } from "./byte-ranges.ts";
import { ObjectUnreadable } from "./object-faults.ts";
import type { WantedGroup } from "./prune.ts";

/** The part of a query that is about one day. */
export interface DayQuery {
  readonly site: SiteName;
  readonly day: UtcDay;
  readonly key: ObjectKey;
  /** In UTF-8, each once. */
  readonly names: readonly Uint8Array[];
  /** Both inside the day. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

export function dayQueryOf(
  { site, fromMs, toMs }: SampleQuery,
  names: readonly Uint8Array[],
  day: UtcDay,
): DayQuery {
  const startMs = dayStartMs(day);
  return {
    site,
    day,
    key: objectKey(site, day),
    names,
    fromMs: Math.max(fromMs, startMs),
    toMs: Math.min(toMs, startMs + DAY_MS),
  };
}

/** The samples of each name, over the row groups in the order of the file. Throws `ObjectUnreadable` and `DayTooLarge`. */
export function decodeDay(
  { key, day, names, fromMs, toMs }: DayQuery,
  index: FooterIndex,
  wanted: readonly WantedGroup[],
  fetched: FetchedRanges,
): Series[] {
  const gathered = new DaySeries(day, names.length);
  try {
    for (const { group, names: here } of wanted) {
      const bytes = {
        rows: index.rows(group),
        chunks: index.chunks(group),
        bytesAt: (offset: number, length: number) => fetched.bytesAt(offset, length),
      };
      const namesHere = here.map((at) => names[at] as Uint8Array);
      const found = groupSamples(bytes, namesHere, fromMs, toMs);
      for (const [i, at] of here.entries()) gathered.add(at, found[i] as Series);
    }
    const all = gathered.take();
    for (const series of all) checkAscending(series);
    return all;
  } catch (fault) {
    throw fault instanceof FileUnreadable ? new ObjectUnreadable(key, fault) : fault;
  }
}

function checkAscending({ ms }: Series): void {
  for (let i = 1; i < ms.length; i++) {
    if (!((ms[i] as number) > (ms[i - 1] as number))) {
      throw new FileUnreadable("the times of a point do not ascend");
    }
  }
}
