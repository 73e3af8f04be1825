import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { FileUnreadable, type FooterIndex, groupSamples } from "../../parquet/read/read.ts";
import { DaySeries, type Series } from "../day-series.ts";
import type { SampleQuery } from "../source.ts";
import type { BytesAt } from "./byte-ranges.ts";
import { ObjectUnreadable } from "./object-faults.ts";
import type { WantedGroup } from "./prune.ts";

/** The part of a query that is about one day. */
export interface DayQuery extends Pick<SampleQuery, "site" | "fromMs" | "toMs"> {
  readonly day: UtcDay;
  readonly key: ObjectKey;
  /** The points in UTF-8. */
  readonly names: readonly Uint8Array[];
}

/** The samples of each name, over the row groups in the order of the file. Throws `ObjectUnreadable` and `DayTooLarge`. */
export function decodeDay(
  { key, day, names, fromMs, toMs }: DayQuery,
  index: FooterIndex,
  wanted: readonly WantedGroup[],
  bytesAt: BytesAt,
): Series[] {
  const gathered = new DaySeries(day, names.length);
  try {
    for (const { group, names: here } of wanted) {
      const bytes = { rows: index.rows(group), chunks: index.chunks(group), bytesAt };
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
