import { FileUnreadable } from "../../parquet/file-unreadable.ts";
import type { FooterIndex } from "../../parquet/footer-index.ts";
import { groupSamples, type Stretch } from "../../parquet/group-samples.ts";
import type { Series } from "../source.ts";
import { ObjectUnreadable } from "./faults.ts";
import type { FetchedRanges } from "./fetched-ranges.ts";
import type { WantedGroup } from "./prune.ts";
import type { DayAsked } from "./read-day.ts";

/** The samples of each name, over the row groups in the order of the file. Throws `ObjectUnreadable`. */
export function decodeDay(
  { key, names, fromMs, toMs }: DayAsked,
  index: FooterIndex,
  wanted: readonly WantedGroup[],
  fetched: FetchedRanges,
): Series[] {
  const stretches: Stretch[][] = names.map(() => []);
  try {
    for (const { group, names: here } of wanted) {
      const bytes = {
        rows: index.rows(group),
        chunks: index.chunks(group),
        bytesAt: (offset: number, length: number) => fetched.bytesAt(offset, length),
      };
      const namesHere = here.map((at) => names[at] as Uint8Array);
      const found = groupSamples(bytes, namesHere, fromMs, toMs);
      here.forEach((at, i) => {
        stretches[at]?.push(found[i] as Stretch);
      });
    }
    return stretches.map(seriesOf);
  } catch (fault) {
    throw fault instanceof FileUnreadable ? new ObjectUnreadable(key, fault) : fault;
  }
}

function seriesOf(stretches: readonly Stretch[]): Series {
  const length = stretches.reduce((sum, { ms }) => sum + ms.length, 0);
  const series = { ms: new Float64Array(length), value: new Float64Array(length) };
  let at = 0;
  for (const { ms, value } of stretches) {
    series.ms.set(ms, at);
    series.value.set(value, at);
    at += ms.length;
  }
  for (let i = 1; i < length; i++) {
    if (!((series.ms[i] as number) > (series.ms[i - 1] as number))) {
      throw new FileUnreadable("the times of a point do not ascend");
    }
  }
  return series;
}
