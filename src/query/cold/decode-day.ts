import { FileUnreadable, type FooterIndex, groupSamples } from "../../parquet/read/read.ts";
import { DaySeries } from "../day-series.ts";
import type { Series } from "../source.ts";
import { ObjectUnreadable } from "./faults.ts";
import type { FetchedRanges } from "./fetched-ranges.ts";
import type { WantedGroup } from "./prune.ts";
import type { DayAsked } from "./read-day.ts";

/** The samples of each name, over the row groups in the order of the file. Throws `ObjectUnreadable` and `DayTooLarge`. */
export function decodeDay(
  { key, day, names, fromMs, toMs }: DayAsked,
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
    const series = gathered.take();
    for (const one of series) checkAscending(one);
    return series;
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
