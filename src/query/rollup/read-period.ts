import type { BucketField, BucketOf } from "../../domain/buckets.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { type ByteRange, FileUnreadable } from "../../parquet/read/read.ts";
import {
  decodeRollupGroup,
  HOUR_KEYS,
  type HourColumn,
  indexBytesOf,
  RollupIndex,
} from "../../parquet/rollup/rollup.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import {
  bytesIn,
  coalesce,
  type EndSizes,
  endOf,
  type FileVersion,
  ObjectUnreadable,
  objectFault,
  READS_IN_FLIGHT_MAX,
  type ReadVersion,
  readEnd,
  VERSIONS_MAX,
} from "../cold/cold.ts";
import type { Meter } from "../cost.ts";
import type { PointBuckets } from "../point-buckets.ts";
import type { DayBuckets } from "../source.ts";
import type { KnownRollups } from "./known-rollups.ts";
import { daysOfHours, daysWithInfiniteSums, hoursWithin, NO_BUCKETS } from "./period-days.ts";
import { GAP_BYTES_MAX } from "./rollup-limits.ts";

/** The part of a query that is about one period. */
export interface PeriodQuery {
  readonly site: SiteName;
  readonly key: ObjectKey;
  /** Of the period, in order; [fromMs, toMs) are whole hours of them. */
  readonly days: readonly UtcDay[];
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** The points in UTF-8. */
  readonly names: readonly Uint8Array[];
  readonly fields: readonly BucketField[];
  readonly bucketOf: BucketOf;
}

export interface PeriodTools {
  readonly archive: Pick<ArchiveReader, "read">;
  readonly known: KnownRollups;
  readonly endSizes: EndSizes;
  readonly meter: Meter;
  /** Called with the fault of a roll-up that can't be read. */
  onDamaged(key: ObjectKey, fault: Error): void;
  /** Resolves once so many bytes may be fetched and decoded. */
  reserve(bytes: number): Promise<void>;
}

/** A roll-up, and what a query needs of it. */
interface OpenedRollup {
  readonly version: FileVersion<RollupIndex>;
  readonly tail: ReadVersion<RollupIndex>["tail"] | undefined;
  /** The days of the query that the roll-up describes. */
  readonly held: readonly UtcDay[];
  readonly wanted: readonly WantedGroup[];
}

interface WantedGroup {
  readonly group: number;
  /** Indexes among the names of the query. */
  readonly names: readonly number[];
  /** From the first to the last of the columns that the query needs. */
  readonly range: ByteRange;
}

const END_OF_ROLLUP = { bytesOf: indexBytesOf, parse: RollupIndex.read };

/**
 * The days of a period that its roll-up describes, all from one version of it: where it is replaced in between, the period is
 * read again from the new version. The other days are left out, so that they are read from their own files: also all days of
 * a roll-up that is damaged, or replaced again and again.
 */
export async function readPeriod(query: PeriodQuery, tools: PeriodTools): Promise<readonly DayBuckets[]> {
  const { known } = tools;
  try {
    for (let versions = 0; versions < VERSIONS_MAX; versions++) {
      const requestedAtMs = known.now();
      // A known index is tried once: the cache may return an outdated one for longer than this loop runs.
      const opened = await open(query, tools, versions === 0);
      if (opened === "changed") continue;
      if (opened === undefined || opened.held.length === 0) return [];
      const points = await readPoints(query, tools, opened);
      if (!points) {
        known.forget(query.key, opened.version);
        continue;
      }
      if (opened.wanted.length > 0) known.confirm(query.key, opened.version, requestedAtMs);
      count(tools.meter, opened);
      const infinite = daysWithInfiniteSums(points);
      const held = opened.held.filter((day) => !infinite.has(day));
      return daysOfHours(opened.version.index, held, points, query.bucketOf);
    }
  } catch (fault) {
    if (!(fault instanceof ObjectUnreadable)) throw fault;
    tools.onDamaged(query.key, fault);
    known.keepUnusable(query.key, known.now());
  }
  return [];
}

function count(meter: Meter, { version, tail, wanted }: OpenedRollup): void {
  if (!tail) meter.cacheHits++;
  meter.rowGroupsRead += wanted.length;
  meter.rowGroupsPruned += version.index.groups - wanted.length;
}

/** Opens the roll-up by its known index where that is enough, otherwise by reading the index. */
async function open(
  query: PeriodQuery,
  { archive, known, endSizes }: PeriodTools,
  mayBeKnown: boolean,
): Promise<OpenedRollup | "changed" | undefined> {
  const { key, site } = query;
  const requestedAtMs = known.now();
  if (mayBeKnown && known.isUnusable(key)) return undefined;
  const seen = mayBeKnown ? await known.find(key) : undefined;
  if (seen) {
    const opened = planned(query, seen, undefined);
    // Reading row groups shows whether the object still is this version. Without any, a request has to show it.
    if (opened.wanted.length > 0 || known.trusts(key, seen)) return opened;
  }
  const read = await readEnd(archive, key, endSizes.guess(site), END_OF_ROLLUP, seen?.etag);
  if (read === "unchanged" && seen) {
    known.confirm(key, seen, requestedAtMs);
    return planned(query, seen, undefined);
  }
  if (seen) known.forget(key, seen);
  if (read === undefined) known.keepUnusable(key, requestedAtMs);
  if (read === undefined || read === "changed" || read === "unchanged") return read && "changed";
  known.keep(key, read, requestedAtMs);
  // The index of a cleared roll-up says nothing of others.
  if (read.index.groups > 0) endSizes.learn(site, read.footerBytes);
  return planned(query, read, read.tail);
}

function planned(
  { days, names, fields }: PeriodQuery,
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
    .map(([group, at]) => ({ group, names: at, range: rangeOf(index, group, fields) }));
  return { version, tail, held, wanted };
}

/** Columns follow each other in a row group: one range has those that are needed, and those between them. */
function rangeOf(index: RollupIndex, group: number, fields: readonly BucketField[]): ByteRange {
  const chunks = index.chunks(group, HOUR_KEYS);
  const columns: readonly HourColumn[] = ["timestamp", "pointName", ...fields];
  const offset = Math.min(...columns.map((column) => chunks[column].offset));
  return { offset, length: Math.max(...columns.map((column) => endOf(chunks[column]))) - offset };
}

/**
 * The hours of each name; undefined where the object no longer is this version. Row groups are decoded as they come, so that
 * no more than six ranges are in memory.
 */
async function readPoints(
  query: PeriodQuery,
  { archive, reserve }: PeriodTools,
  { version, tail, wanted, held }: OpenedRollup,
): Promise<PointBuckets[] | undefined> {
  const { key, names, fields, fromMs, toMs } = query;
  const { etag, index } = version;
  const points = names.map(() => NO_BUCKETS);
  const decode = (part: { readonly offset: number; readonly bytes: Uint8Array }) => {
    const bytesAt = bytesIn([part]);
    const end = part.offset + part.bytes.length;
    for (const { group, names: here, range } of wanted) {
      if (range.offset < part.offset || endOf(range) > end) continue;
      const bytes = { rows: index.rows(group), chunks: index.chunks(group, HOUR_KEYS), bytesAt };
      const found = decodeRollupGroup(
        bytes,
        here.map((at) => names[at] as Uint8Array),
        fields,
      );
      for (const [i, at] of here.entries()) points[at] = hoursWithin(found[i] as PointBuckets, fromMs, toMs);
    }
  };
  const missing = wanted.map(({ range }) => range).filter(({ offset }) => !tail || offset < tail.offset);
  const ranges = coalesce(missing, GAP_BYTES_MAX, Number.POSITIVE_INFINITY);
  const longest = Math.max(0, ...ranges.map(({ length }) => length));
  const rows = names.length * held.length * HOURS_A_DAY;
  // Hours and the buckets that are made of them.
  const bucketBytes = 2 * 8 * rows * (1 + fields.length);
  await reserve(Math.min(ranges.length, READS_IN_FLIGHT_MAX) * longest + bucketBytes);
  try {
    if (tail) decode(tail);
    const fetched = ranges.map(async (range) => {
      const part = await archive.read(key, range, { ifMatch: etag });
      if (!part?.bytes) return false;
      if (part.bytes.length < range.length) throw new FileUnreadable("a row group is cut off");
      decode({ offset: range.offset, bytes: part.bytes });
      return true;
    });
    return (await Promise.all(fetched)).every((isCurrent) => isCurrent) ? points : undefined;
  } catch (fault) {
    throw objectFault(key, fault);
  }
}

const HOURS_A_DAY = 24;
