/** The newest samples of points, searched backwards from the newest window. */
import { daysOf, type EpochMs, HOUR_MS, type UtcDay, utcDayOf } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { TimeSpan } from "../../domain/windows.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import { decodeTable, POINTS_A_BLOCK } from "../block/block.ts";
import { type Counting, joinedSpans, pointSeries, settledSpans } from "./span-series.ts";
import {
  isAllCurrent,
  type ReadSpan,
  readSnapshot,
  readTables,
  readWhole,
  type SpanSnapshot,
} from "./span-snapshot.ts";

export interface NewestSample {
  readonly ms: EpochMs;
  readonly value: number;
}

export interface NewestSamples {
  /** By name; without points that have none in windows of their day's version. */
  readonly current: ReadonlyMap<string, NewestSample>;
  /** By name: later samples than the current ones, in stale windows. They count where nothing else has their day. */
  readonly stale: ReadonlyMap<string, NewestSample>;
  /** The days of which some part was searched, and that were whole in every statement that did. */
  readonly whole: ReadonlySet<UtcDay>;
  /** The searched parts in which hot has all samples of every point, in order. */
  readonly settled: readonly TimeSpan[];
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** Most points have a sample in it: samples of it are read at once. */
const RECENT_MS = 3 * HOUR_MS;

/** Blocks whose point tables one statement reads: 2 MB of the reference site. */
const TABLES_A_STATEMENT = 4_096;

/** A block that is replaced between the search and the reading of a sample is searched again, so many times. */
const ATTEMPTS_MAX = 3;

const BOUNDS = `SELECT
    (SELECT from_ms FROM windows WHERE site_id = sites.id ORDER BY from_ms LIMIT 1) AS oldestMs,
    (SELECT to_ms FROM windows WHERE site_id = sites.id ORDER BY from_ms DESC LIMIT 1) AS endMs
  FROM sites WHERE name = ?1`;

export const NEWEST_STATEMENTS = { BOUNDS } as const;

/** The newest sample of each name. All windows of the site are searched for a point that has none. */
export async function readNewest(
  database: HotDatabase,
  site: SiteName,
  names: readonly string[],
): Promise<NewestSamples> {
  const search = new Search(database, site);
  const { rows, rowsRead } = await database.select<{ oldestMs: number | null; endMs: number | null }>(
    BOUNDS,
    site,
  );
  search.rowsRead += rowsRead;
  const { oldestMs = null, endMs = null } = rows[0] ?? {};
  if (oldestMs !== null && endMs !== null) {
    await search.recent(names, { fromMs: Math.max(oldestMs, endMs - RECENT_MS), toMs: endMs });
    await search.older(names, oldestMs, endMs - RECENT_MS);
  }
  return search.found();
}

class Search {
  rowsRead = 0;
  #bytesRead = 0;
  readonly #current = new Map<string, NewestSample>();
  readonly #stale = new Map<string, NewestSample>();
  readonly #whole = new Map<UtcDay, boolean>();
  readonly #settled: TimeSpan[] = [];
  readonly #database: HotDatabase;
  readonly #site: SiteName;

  constructor(database: HotDatabase, site: SiteName) {
    this.#database = database;
    this.#site = site;
  }

  found(): NewestSamples {
    const later = [...this.#stale].filter(
      ([name, { ms }]) => ms > (this.#current.get(name)?.ms ?? Number.NEGATIVE_INFINITY),
    );
    return {
      current: this.#current,
      stale: new Map(later),
      whole: new Set([...this.#whole].flatMap(([day, isWhole]) => (isWhole ? [day] : []))),
      settled: joinedSpans(this.#settled),
      rowsRead: this.rowsRead,
      bytesRead: this.#bytesRead,
    };
  }

  async recent(names: readonly string[], span: TimeSpan): Promise<void> {
    for await (const snapshot of this.#read(readSnapshot, names, span)) this.#takeAll(snapshot);
  }

  /** Searches the time before `toMs` for the names without a sample: point tables first, then the blocks that have one. */
  async older(names: readonly string[], fromMs: EpochMs, toMs: EpochMs, attempt = 1): Promise<void> {
    let open = this.#open(names);
    for (let endMs = toMs; endMs > fromMs && open.length > 0; open = this.#open(open)) {
      const hours = Math.max(1, Math.floor(TABLES_A_STATEMENT / open.length));
      const span = { fromMs: Math.max(fromMs, endMs - hours * HOUR_MS), toMs: endMs };
      const inTables = new Map<string, InTable>();
      for await (const snapshot of this.#read(readTables, open, span)) {
        addNewest(inTables, snapshot, span);
        const blocks = snapshot.blocks.filter((block) => !isAllCurrent(snapshot, block));
        this.#takeAll({ ...snapshot, blocks });
      }
      for (const [blockMs, own] of Map.groupBy(inTables.values(), ({ blockMs }) => blockMs)) {
        const part = { fromMs: blockMs, toMs: Math.max(...own.map(({ ms }) => ms)) + 1 };
        await this.recent(
          own.map(({ name }) => name),
          part,
        );
      }
      const lost = this.#open([...inTables.keys()]);
      if (lost.length > 0 && attempt < ATTEMPTS_MAX) await this.older(lost, span.fromMs, endMs, attempt + 1);
      endMs = span.fromMs;
    }
  }

  #open(names: readonly string[]): string[] {
    return names.filter((name) => !this.#current.has(name));
  }

  /** Takes the newest samples of the snapshot's blocks. */
  #takeAll(snapshot: SpanSnapshot): void {
    if (snapshot.blocks.length === 0) return;
    this.#take(snapshot, "current", this.#current);
    if (snapshot.windows.some(({ isCurrent }) => !isCurrent)) this.#take(snapshot, "stored", this.#stale);
  }

  #take(snapshot: SpanSnapshot, counting: Counting, into: Map<string, NewestSample>): void {
    for (const [number, { ms, value }] of pointSeries(snapshot, snapshot.points.keys(), counting)) {
      const name = snapshot.points.get(number) as string;
      const newest = { ms: ms.at(-1) as number, value: value.at(-1) as number };
      if (newest.ms > (into.get(name)?.ms ?? Number.NEGATIVE_INFINITY)) into.set(name, newest);
    }
  }

  async *#read(read: ReadSpan, names: readonly string[], span: TimeSpan): AsyncGenerator<SpanSnapshot> {
    for await (const snapshot of readWhole(read, this.#database, this.#site, names, span)) {
      this.rowsRead += snapshot.rowsRead;
      this.#bytesRead += snapshot.bytesRead;
      this.#settled.push(...settledSpans(snapshot));
      for (const day of daysOf(utcDayOf(snapshot.fromMs), utcDayOf(snapshot.toMs - 1))) {
        const row = snapshot.days.get(day);
        const isWhole = row?.whole === true && !row.released;
        this.#whole.set(day, isWhole && (this.#whole.get(day) ?? true));
      }
      yield snapshot;
    }
  }
}

/** A point's newest sample by the table of a block. */
interface InTable {
  readonly name: string;
  readonly ms: EpochMs;
  readonly blockMs: EpochMs;
}

/** Adds the newest samples of points by the tables of the snapshot's blocks, where these are newer. */
function addNewest(newest: Map<string, InTable>, snapshot: SpanSnapshot, { fromMs }: TimeSpan): void {
  for (const block of snapshot.blocks) {
    if (!isAllCurrent(snapshot, block)) continue;
    for (const { index, lastMs } of decodeTable(block.bytes, block.fromMs)) {
      const name = snapshot.points.get(block.range * POINTS_A_BLOCK[block.level] + index);
      // The part of a block before the span is searched with the blocks that are before it.
      if (name === undefined || lastMs < fromMs) continue;
      if (lastMs > (newest.get(name)?.ms ?? Number.NEGATIVE_INFINITY)) {
        newest.set(name, { name, ms: lastMs, blockMs: block.fromMs });
      }
    }
  }
}
