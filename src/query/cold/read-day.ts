import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { NO_SAMPLES, type Series } from "../../domain/series.ts";
import { type ByteRange, FileUnreadable, type FooterIndex, groupSamples } from "../../parquet/read/read.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import type { Meter } from "../cost.ts";
import { DaySeries } from "../day-series.ts";
import type { DayState, SampleQuery } from "../source.ts";
import { type BytesAt, bytesIn, coalesce } from "./byte-ranges.ts";
import { GAP_BYTES_MAX, VERSIONS_MAX } from "./cold-limits.ts";
import type { FileVersion } from "./file-versions.ts";
import type { Footers } from "./footers.ts";
import { ObjectUnsettled, objectFault } from "./object-faults.ts";
import { pruneGroups, type WantedGroup } from "./prune.ts";
import { type EndSizes, type ReadVersion, readFooter } from "./read-footer.ts";

/** The part of a query that is about one day. */
export interface DayQuery extends Pick<SampleQuery, "site" | "fromMs" | "toMs"> {
  readonly day: UtcDay;
  readonly key: ObjectKey;
  /** The points in UTF-8. */
  readonly names: readonly Uint8Array[];
}

export interface DayTools {
  readonly archive: Pick<ArchiveReader, "read">;
  readonly footers: Footers;
  readonly endSizes: EndSizes;
  readonly meter: Meter;
  /** Ranges that a day may request. */
  readonly rangesMax: number;
  /** Resolves once so many bytes may be fetched and decoded. */
  reserve(bytes: number): Promise<void>;
}

export interface DayRead {
  readonly state: DayState;
  /** One for each name of the query, in its order. */
  readonly series: readonly Series[];
}

/** A day's file, and its row groups that the query needs. */
interface OpenedDay {
  readonly version: FileVersion;
  readonly tail: ReadVersion["tail"] | undefined;
  readonly wanted: readonly WantedGroup[];
}

/**
 * Reads one day from one version of its object. Where the object is replaced in between, the day is read again from the
 * new version. Throws `ObjectUnreadable`, `ObjectUnsettled` and `DayTooLarge`.
 */
export async function readDay(query: DayQuery, tools: DayTools): Promise<DayRead> {
  const { footers, meter } = tools;
  for (let versions = 0; versions < VERSIONS_MAX; versions++) {
    const requestedAtMs = footers.now();
    // A known footer is tried once: the cache may return an outdated one for longer than this loop runs.
    const opened = await open(query, tools, versions === 0 ? await footers.find(query.key) : undefined);
    if (opened === "changed") continue;
    if (opened === undefined) return { state: "missing", series: query.names.map(() => NO_SAMPLES) };
    const { version, wanted } = opened;
    const fetched = await fetchGroups(query, tools, opened);
    if (!fetched) {
      footers.forget(query.key, version);
      continue;
    }
    if (fetched.requests > 0) footers.confirm(query.key, version, requestedAtMs);
    if (!opened.tail) meter.cacheHits++;
    meter.rowGroupsRead += wanted.length;
    meter.rowGroupsPruned += version.index.groups - wanted.length;
    try {
      const series = decodeDay(query, version.index, wanted, fetched.bytesAt);
      return { state: version.index.groups === 0 ? "empty" : "present", series };
    } catch (fault) {
      throw objectFault(query.key, fault);
    }
  }
  throw new ObjectUnsettled(query.key, VERSIONS_MAX);
}

/** Finds the row groups by the known footer where that is enough, otherwise by reading the footer. */
async function open(
  { site, key, names, fromMs, toMs }: DayQuery,
  { archive, footers, endSizes }: DayTools,
  known: FileVersion | undefined,
): Promise<OpenedDay | "changed" | undefined> {
  const requestedAtMs = footers.now();
  const wantedOf = ({ index }: FileVersion) => pruneGroups(index, names, fromMs, toMs);
  if (known) {
    const wanted = wantedOf(known);
    // Reading row groups shows whether the object still is this version. Without any, a request has to show it.
    if (wanted.length > 0 || footers.trusts(key, known)) return { version: known, tail: undefined, wanted };
  }
  const read = await readFooter(archive, key, endSizes.guess(site), known?.etag);
  if (read === "unchanged" && known) {
    footers.confirm(key, known, requestedAtMs);
    return { version: known, tail: undefined, wanted: [] };
  }
  if (known) footers.forget(key, known);
  if (read === undefined || read === "changed" || read === "unchanged") return read && "changed";
  footers.keep(key, read, requestedAtMs);
  endSizes.learn(site, read.footerBytes);
  return { version: read, tail: read.tail, wanted: wantedOf(read) };
}

/** The bytes of the row groups; undefined where the object no longer is this version. */
async function fetchGroups(
  { key }: DayQuery,
  { archive, rangesMax, reserve }: DayTools,
  { version, tail, wanted }: OpenedDay,
): Promise<{ readonly requests: number; readonly bytesAt: BytesAt } | undefined> {
  const { etag, index } = version;
  const chunks = wanted.flatMap(({ group }) => Object.values(index.chunks(group)));
  const missing = tail ? chunks.filter(({ offset }) => offset < tail.offset) : chunks;
  const ranges = coalesce(missing, GAP_BYTES_MAX, rangesMax);
  await reserve(bytesNeeded(index, wanted, ranges));
  const fetch = async (range: ByteRange) => {
    const part = await archive.read(key, range, { ifMatch: etag });
    return part?.bytes && { offset: range.offset, bytes: part.bytes };
  };
  const parts = await Promise.all(ranges.map(fetch));
  const found = parts.filter((part) => part !== undefined);
  if (found.length < parts.length) return undefined;
  return { requests: parts.length, bytesAt: bytesIn(tail ? [tail, ...found] : found) };
}

/** An upper bound: the ranges, and of each row group all rows, as a time and a value. */
function bytesNeeded(
  index: FooterIndex,
  wanted: readonly WantedGroup[],
  ranges: readonly ByteRange[],
): number {
  const rows = wanted.reduce((sum, { group }) => sum + index.rows(group), 0);
  return ranges.reduce((sum, { length }) => sum + length, rows * 16);
}

/** The samples of each name, over the row groups in the order of the file. Throws `FileUnreadable` and `DayTooLarge`. */
function decodeDay(
  { day, names, fromMs, toMs }: DayQuery,
  index: FooterIndex,
  wanted: readonly WantedGroup[],
  bytesAt: BytesAt,
): Series[] {
  const gathered = new DaySeries(day, names.length);
  for (const { group, names: here } of wanted) {
    const bytes = { rows: index.rows(group), chunks: index.chunks(group), bytesAt };
    const namesHere = here.map((at) => names[at] as Uint8Array);
    const found = groupSamples(bytes, namesHere, fromMs, toMs);
    for (const [i, at] of here.entries()) gathered.add(at, found[i] as Series);
  }
  const all = gathered.take();
  for (const series of all) checkAscending(series);
  return all;
}

function checkAscending({ ms }: Series): void {
  for (let i = 1; i < ms.length; i++) {
    if (!((ms[i] as number) > (ms[i - 1] as number))) {
      throw new FileUnreadable("the times of a point do not ascend");
    }
  }
}
