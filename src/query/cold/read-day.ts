import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import type { ByteRange, FooterIndex } from "../../parquet/read/read.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { NO_SAMPLES } from "../day-series.ts";
import type { DaySamples, Meter, Series } from "../source.ts";
import { coalesce } from "./coalesce.ts";
import { decodeDay } from "./decode-day.ts";
import type { EndSizes } from "./end-sizes.ts";
import { ObjectUnsettled } from "./faults.ts";
import { FetchedRanges } from "./fetched-ranges.ts";
import type { FileVersion, Footers } from "./footers.ts";
import { GAP_BYTES_MAX, VERSIONS_MAX } from "./limits.ts";
import { pruneGroups, type WantedGroup } from "./prune.ts";
import { type ReadVersion, readFooter } from "./read-footer.ts";

/** What is asked of one site-day. */
export interface DayAsked {
  readonly site: SiteName;
  readonly day: UtcDay;
  readonly key: ObjectKey;
  /** In UTF-8, each once. */
  readonly names: readonly Uint8Array[];
  /** Inside the day. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

export interface DayTools {
  readonly archive: ArchiveReader;
  readonly footers: Footers;
  readonly endSizes: EndSizes;
  readonly meter: Meter;
  /** Ranges that a day may ask for. */
  readonly rangesMax: number;
  /** Resolves when so many bytes may be fetched and decoded. */
  admit(bytes: number): Promise<void>;
}

/** One for each name, in their order. */
export interface DayRead {
  readonly state: DaySamples["state"];
  readonly series: readonly Series[];
}

interface Opened {
  readonly version: FileVersion;
  readonly tail: ReadVersion["tail"] | undefined;
  readonly wanted: readonly WantedGroup[];
}

/**
 * Reads one day: all of it from one version of its object. Where that is replaced in between, the day begins anew
 * with the one that is there then. Throws `ObjectUnreadable`, `ObjectUnsettled` and `DayTooLarge`.
 */
export async function readDay(asked: DayAsked, tools: DayTools): Promise<DayRead> {
  const { footers, meter } = tools;
  for (let begun = 0; begun < VERSIONS_MAX; begun++) {
    const askedAtMs = footers.now();
    // What is known is tried once: a cache may lag behind for longer than we try.
    const opened = await open(asked, tools, begun === 0 ? await footers.find(asked.key) : undefined);
    if (opened === "changed") continue;
    if (opened === undefined) return { state: "missing", series: asked.names.map(() => NO_SAMPLES) };
    const { version, wanted } = opened;
    const fetched = await fetchGroups(asked, tools, opened);
    if (!fetched) {
      footers.forget(asked.key, version);
      continue;
    }
    if (fetched.requests > 0) footers.confirm(asked.key, version, askedAtMs);
    if (!opened.tail) meter.cacheHits++;
    meter.rowGroupsRead += wanted.length;
    meter.rowGroupsPruned += version.index.groups - wanted.length;
    return {
      state: version.index.groups === 0 ? "empty" : "present",
      series: decodeDay(asked, version.index, wanted, fetched),
    };
  }
  throw new ObjectUnsettled(asked.key, VERSIONS_MAX);
}

/** The day's file and its row groups that are wanted, by the footer that is known where that is enough. */
async function open(
  asked: DayAsked,
  tools: DayTools,
  known: FileVersion | undefined,
): Promise<Opened | "changed" | undefined> {
  const { site, key } = asked;
  const { archive, footers, endSizes } = tools;
  const askedAtMs = footers.now();
  const wantedOf = ({ index }: FileVersion) => pruneGroups(index, asked.names, asked.fromMs, asked.toMs);
  if (known) {
    const wanted = wantedOf(known);
    // Row groups that are read tell by that whether the object still is this one; without any it has to be asked.
    if (wanted.length > 0 || footers.trusts(key, known)) return { version: known, tail: undefined, wanted };
  }
  const read = await readFooter(archive, key, endSizes.guess(site), known?.etag);
  if (read === "unchanged" && known) {
    footers.confirm(key, known, askedAtMs);
    return { version: known, tail: undefined, wanted: [] };
  }
  if (known) footers.forget(key, known);
  if (read === undefined || read === "changed" || read === "unchanged") return read && "changed";
  footers.keep(key, read, askedAtMs);
  endSizes.learn(site, read.footerBytes);
  return { version: read, tail: read.tail, wanted: wantedOf(read) };
}

/** The bytes of the row groups; undefined where the object no longer is this version. */
async function fetchGroups(
  { key }: DayAsked,
  { archive, rangesMax, admit }: DayTools,
  { version, tail, wanted }: Opened,
): Promise<FetchedRanges | undefined> {
  const { index } = version;
  const ranges = wanted.flatMap(({ group }) => Object.values(index.chunks(group)));
  const missing = tail ? ranges.filter(({ offset }) => offset < tail.offset) : ranges;
  const asked = coalesce(missing, GAP_BYTES_MAX, rangesMax);
  await admit(bytesHeld(index, wanted, asked));
  const parts = await Promise.all(asked.map((range) => archive.read(key, range, { ifMatch: version.etag })));
  const fetched = new FetchedRanges(asked.length);
  if (tail) fetched.add(tail.offset, tail.bytes);
  for (const [at, part] of parts.entries()) {
    if (!part?.bytes) return undefined;
    fetched.add((asked[at] as ByteRange).offset, part.bytes);
  }
  return fetched;
}

/** At most: of each row group all rows, as a time and a value. */
function bytesHeld(index: FooterIndex, wanted: readonly WantedGroup[], ranges: readonly ByteRange[]): number {
  const rows = wanted.reduce((sum, { group }) => sum + index.rows(group), 0);
  return ranges.reduce((sum, { length }) => sum + length, rows * 16);
}
