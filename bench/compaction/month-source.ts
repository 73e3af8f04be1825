import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../src/domain/day.ts";
import type { ObjectKey } from "../../src/domain/layout.ts";
import { joinSeries, type Series } from "../../src/domain/series.ts";
import { type ByteRange, groupSamples, indexFooter, type SampleChunks } from "../../src/parquet/read/read.ts";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { withMeter, withRequestsInFlight } from "../../src/query/archive-requests.ts";
import { coalesce, GAP_BYTES_MAX, pruneGroups } from "../../src/query/cold/cold.ts";
import type { Meter } from "../../src/query/cost.ts";
import { inOrder } from "../../src/query/in-order.ts";
import { type DaySamples, daysOfQuery, type SampleQuery, type SampleSource } from "../../src/query/source.ts";

/** As many as the Query Worker has. */
const READS_IN_FLIGHT_MAX = 6;
/** Of months that are read ahead, as for days. A point of a month has some 25,000 samples of 16 bytes, and their chunks. */
const READ_AHEAD_BYTES_MAX = 16 * 1024 * 1024;
const POINT_BYTES = 512 * 1024;

interface WantedGroup {
  readonly rows: number;
  readonly chunks: SampleChunks;
  /** Indexes among the names of the query. */
  readonly names: readonly number[];
}
type Find = (names: readonly Uint8Array[], fromMs: EpochMs, toMs: EpochMs) => WantedGroup[];

/** Months in other layouts than roll-ups as a source: the footer of a month, then its row groups. Footers are kept. */
export class MonthSource implements SampleSource {
  readonly #archive: ArchiveReader;
  readonly #keyOf: (month: string) => ObjectKey;
  readonly #endBytes: number;
  readonly #known = new Map<string, Find>();

  /** `endBytes` holds a month's footer, whose size is about the same for every month of a site. */
  constructor(archive: ArchiveReader, keyOf: (month: string) => ObjectKey, endBytes: number) {
    this.#archive = archive;
    this.#keyOf = keyOf;
    this.#endBytes = endBytes;
  }

  async *days(query: SampleQuery, meter: Meter): AsyncGenerator<DaySamples> {
    const stop = new AbortController();
    const archive = withRequestsInFlight(withMeter(this.#archive, meter), READS_IN_FLIGHT_MAX, stop.signal);
    const names = query.points.map((name) => new TextEncoder().encode(name));
    const months = [...Map.groupBy(daysOfQuery(query), (day) => day.slice(0, 7))];
    const fetch = ([month, days]: (typeof months)[number]) =>
      this.#fetch(archive, month, names, dayStartMs(days[0] as UtcDay), endOf(days));
    const ahead = Math.max(1, Math.floor(READ_AHEAD_BYTES_MAX / (names.length * POINT_BYTES)) - 1);
    let at = 0;
    for await (const read of inOrder(
      months.length,
      () => ahead,
      (month) => fetch(months[month] as (typeof months)[number]),
    )) {
      const [, days] = months[at++] as (typeof months)[number];
      const series = read();
      for (const day of days) {
        const startMs = dayStartMs(day);
        yield {
          day,
          state: "present",
          tiers: ["cold"],
          series: series.map((each) => part(each, startMs, startMs + DAY_MS)),
        };
      }
    }
  }

  /** Fetches the bytes of a month; the result decodes them. */
  async #fetch(
    archive: ArchiveReader,
    month: string,
    names: readonly Uint8Array[],
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<() => Series[]> {
    const key = this.#keyOf(month);
    const find = this.#known.get(month) ?? (await this.#open(archive, key));
    this.#known.set(month, find);
    const wanted = find(names, fromMs, toMs);
    const ranges = coalesce(
      wanted.flatMap(({ chunks }) => Object.values(chunks)),
      GAP_BYTES_MAX,
      wanted.length,
    );
    const parts = await Promise.all(ranges.map((range) => bytesOf(archive, key, range)));
    const bytesAt = (offset: number, length: number) => {
      const found = parts.find((one) => offset >= one.offset && offset + length <= endOfPart(one));
      if (!found) throw new Error("bytes are missing");
      return found.bytes.subarray(offset - found.offset, offset - found.offset + length);
    };
    return () => {
      const gathered: Series[][] = names.map(() => []);
      for (const { rows, chunks, names: here } of wanted) {
        const namesHere = here.map((at) => names[at] as Uint8Array);
        const found = groupSamples({ rows, chunks, bytesAt }, namesHere, fromMs, toMs);
        for (const [i, at] of here.entries()) gathered[at]?.push(found[i] as Series);
      }
      return gathered.map(joinSeries);
    };
  }

  async #open(archive: ArchiveReader, key: ObjectKey): Promise<Find> {
    const found = await archive.read(key, { suffix: this.#endBytes });
    if (!found?.bytes) throw new Error(`there is no ${key}`);
    const index = indexFooter(found.bytes, found.size);
    return (names, fromMs, toMs) =>
      pruneGroups(index, names, fromMs, toMs).map(({ group, names: here }) => ({
        rows: index.rows(group),
        chunks: index.chunks(group),
        names: here,
      }));
  }
}

async function bytesOf(archive: ArchiveReader, key: ObjectKey, range: ByteRange) {
  const found = await archive.read(key, range);
  if (!found?.bytes) throw new Error(`there is no ${key}`);
  return { offset: range.offset, bytes: found.bytes };
}

const endOfPart = ({ offset, bytes }: { offset: number; bytes: Uint8Array }) => offset + bytes.length;
const endOf = (days: readonly UtcDay[]) => dayStartMs(days.at(-1) as UtcDay) + DAY_MS;

function part({ ms, value }: Series, fromMs: EpochMs, toMs: EpochMs): Series {
  const from = firstAt(ms, fromMs);
  const to = firstAt(ms, toMs);
  return { ms: ms.subarray(from, to), value: value.subarray(from, to) };
}

function firstAt(ms: Float64Array, atMs: EpochMs): number {
  let [low, high] = [0, ms.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ms[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
