import { indexBytesOf, RollupIndex } from "../../parquet/rollup/rollup.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { type EndSizes, type FileVersion, type ReadVersion, readEnd } from "../cold/cold.ts";
import type { SampleQuery } from "../source.ts";
import type { KnownRollups } from "./known-rollups.ts";
import type { NeededPart, PeriodQuery, RollupContent } from "./rollup-content.ts";

export interface OpenTools {
  readonly archive: Pick<ArchiveReader, "read">;
  readonly known: KnownRollups;
  readonly endSizes: EndSizes;
}

/** A roll-up, and what a query needs of it. */
export interface OpenedRollup extends NeededPart {
  readonly version: FileVersion<RollupIndex>;
  readonly tail: ReadVersion<RollupIndex>["tail"] | undefined;
}

const END_OF_ROLLUP = { bytesOf: indexBytesOf, parse: RollupIndex.read };

/**
 * Opens the roll-up by its known index where that is enough, otherwise by reading the index. "changed" where it was replaced
 * meanwhile; undefined where there is none that can be read. Throws `ObjectUnreadable`.
 */
export async function openRollup<Query extends SampleQuery, Day>(
  period: PeriodQuery<Query>,
  content: RollupContent<Query, Day>,
  { archive, known, endSizes }: OpenTools,
  mayBeKnown: boolean,
): Promise<OpenedRollup | "changed" | undefined> {
  const { key, query } = period;
  const requestedAtMs = known.now();
  if (mayBeKnown && known.isUnusable(key)) return undefined;
  const seen = mayBeKnown ? await known.find(key) : undefined;
  if (seen) {
    const opened = planned(period, content, seen, undefined);
    // Reading row groups shows whether the object still is this version. Without any, a request has to show it.
    if (opened.wanted.length > 0 || known.trusts(key, seen)) return opened;
  }
  const read = await readEnd(archive, key, endSizes.guess(query.site), END_OF_ROLLUP, seen?.etag);
  if (read === "unchanged" && seen) {
    known.confirm(key, seen, requestedAtMs);
    return planned(period, content, seen, undefined);
  }
  if (seen) known.forget(key, seen);
  if (read === undefined) known.keepUnusable(key, requestedAtMs);
  if (read === undefined || read === "changed" || read === "unchanged") return read && "changed";
  known.keep(key, read, requestedAtMs);
  // The index of a cleared roll-up says nothing of others.
  if (read.index.groups > 0) endSizes.learn(query.site, read.footerBytes);
  return planned(period, content, read, read.tail);
}

function planned<Query extends SampleQuery, Day>(
  { days, names, query }: PeriodQuery<Query>,
  content: RollupContent<Query, Day>,
  version: FileVersion<RollupIndex>,
  tail: OpenedRollup["tail"],
): OpenedRollup {
  const { index } = version;
  const held = days.filter((day) => index.days.has(day) || index.emptyDays.has(day));
  const found = new Map<number, number[]>();
  if (held.some((day) => index.days.has(day))) {
    for (const [at, name] of names.entries()) {
      for (const group of index.find(name)) found.set(group, [...(found.get(group) ?? []), at]);
    }
  }
  const wanted = [...found]
    .sort(([a], [b]) => a - b)
    .map(([group, at]) => ({ group, names: at, range: content.columnsOf(query, index, group) }));
  return { version, tail, index, held, wanted };
}
