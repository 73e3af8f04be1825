import { type UtcDay, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey, parseObjectKey } from "../../../src/domain/layout.ts";
import { NO_SAMPLES } from "../../../src/domain/series.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import type { ArchiveReader, ObjectHead, ObjectPage } from "../../../src/ports/archive.ts";
import type { DaySamples, SampleQuery, SampleSource } from "../../../src/query/source.ts";
import { daysOfQuery } from "../../../src/query/source.ts";

/** Small, so that a listing has several pages. */
const LIST_PAGE = 3;

/** A cold tier of one site, in which every point has the same samples. It records its queries and listings. */
export class MemoryCold implements SampleSource, Pick<ArchiveReader, "list"> {
  /** Samples of each day that has an object. */
  readonly objects = new Map<string, ReadonlyMap<number, number>>();
  /** By day, the points without its samples. */
  readonly without = new Map<string, readonly string[]>();
  readonly queriedDays: string[][] = [];
  readonly queriedPoints: (readonly string[])[] = [];
  /** Objects of other sites, and other keys of the bucket. */
  readonly otherKeys: string[] = [];
  readonly listed: string[] = [];
  readonly #site: SiteName;

  constructor(site: SiteName) {
    this.#site = site;
  }

  async *days(query: SampleQuery): AsyncGenerator<DaySamples> {
    this.queriedDays.push(daysOfQuery(query));
    this.queriedPoints.push(query.points);
    for (const day of daysOfQuery(query)) {
      const object = this.objects.get(day);
      const times = [...(object?.keys() ?? [])].filter((ms) => ms >= query.fromMs && ms < query.toMs);
      const ms = Float64Array.from(times).sort();
      const samples = { ms, value: ms.map((at) => object?.get(at) ?? Number.NaN) };
      const isWithout = (point: string) => this.without.get(day)?.includes(point);
      const series = query.points.map((point) => (isWithout(point) ? NO_SAMPLES : samples));
      const state = !object ? "missing" : object.size === 0 ? "empty" : "present";
      yield { day, state, tiers: object ? ["cold"] : [], series };
    }
  }

  /** Every page is followed by an empty page that is not the last, as R2 may return it. */
  async list(prefix: string, cursor: string | undefined): Promise<ObjectPage> {
    this.listed.push(prefix);
    const own = [...this.objects.keys()].map((day) => objectKey(this.#site, day as UtcDay));
    const keys = [...own, ...this.otherKeys].filter((key) => key.startsWith(prefix)).sort();
    const at = Number(cursor ?? 0);
    const from = Math.ceil(at / 2) * LIST_PAGE;
    const heads = at % 2 === 1 ? [] : keys.slice(from, from + LIST_PAGE).map((key) => this.#headOf(key));
    return { heads, ...(from + heads.length < keys.length ? { cursor: String(at + 1) } : {}) };
  }

  #headOf(key: string): ObjectHead {
    const day = parseObjectKey(key)?.day ?? utcDayOf(0);
    const count = this.objects.get(day)?.size ?? 0;
    const metadata = { record_count: String(count) };
    return { key: key as ObjectHead["key"], etag: key, bytes: 10, sha256: "ab", uploadedAt: 5, metadata };
  }
}
