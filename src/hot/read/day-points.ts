/** The points of a day with their counts, mostly from the point tables of its blocks. */
import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../domain/day.ts";
import { compareNames } from "../../domain/point-name.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import { decodeTable, POINTS_A_BLOCK } from "../block/block.ts";
import type { HotDay } from "../hot-types.ts";
import { type Counting, pointSeries } from "./span-series.ts";
import { isAllCurrent, readTables, readWhole, type SpanSnapshot } from "./span-snapshot.ts";

/** A point's samples of one day, in numbers. */
export interface DayPoint {
  readonly name: string;
  readonly samples: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
}

export interface DayPoints {
  /** In the order of the names' UTF-8 bytes, without points that have no samples. */
  readonly points: readonly DayPoint[];
  /** As every statement has seen it; undefined where there was no row, or where it has changed in between. */
  readonly day: HotDay | undefined;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** Points of one statement: of a day 0.7 MB of point tables, or 7 MB of blocks where windows are stale. */
const POINTS_A_STATEMENT = 2_048;

/** The points of a day. `counting` says whether samples of stale windows count. */
export async function readDayPoints(
  database: HotDatabase,
  site: SiteName,
  day: UtcDay,
  counting: Counting,
  pointsAStatement = POINTS_A_STATEMENT,
): Promise<DayPoints> {
  const span = { fromMs: dayStartMs(day), toMs: dayStartMs(day) + DAY_MS };
  const points: DayPoint[] = [];
  const seen: (HotDay | undefined)[] = [];
  let [rowsRead, bytesRead] = [0, 0];
  // Numbers are dense: statements that find fewer points than they ask for are the last.
  for (let first = 0, found = pointsAStatement; found === pointsAStatement; first += pointsAStatement) {
    const numbers = Array.from({ length: pointsAStatement }, (_, nth) => first + nth);
    const counts = new PointCounts();
    found = 0;
    for await (const snapshot of readWhole(readTables, database, site, numbers, span)) {
      counts.add(snapshot, counting);
      seen.push(snapshot.days.get(day));
      rowsRead += snapshot.rowsRead;
      bytesRead += snapshot.bytesRead;
      found = snapshot.points.size;
    }
    points.push(...counts.counted());
  }
  points.sort((a, b) => compareNames(a.name, b.name));
  const isSame = seen.every((row) => row?.version === seen[0]?.version && row?.whole === seen[0]?.whole);
  return { points, day: isSame ? seen.at(-1) : undefined, rowsRead, bytesRead };
}

class PointCounts {
  readonly #counts = new Map<number, Omit<DayPoint, "name">>();
  readonly #names = new Map<number, string>();

  /** Adds what begins in the snapshot's span: a block that began before it is counted already. */
  add(snapshot: SpanSnapshot, counting: Counting): void {
    for (const [number, name] of snapshot.points) this.#names.set(number, name);
    for (const block of snapshot.blocks) {
      if (block.fromMs < snapshot.fromMs) continue;
      const firstNumber = block.range * POINTS_A_BLOCK[block.level];
      if (isAllCurrent(snapshot, block)) {
        for (const point of decodeTable(block.bytes, block.fromMs))
          this.#add(firstNumber + point.index, point);
        continue;
      }
      const numbers = Array.from({ length: POINTS_A_BLOCK[block.level] }, (_, index) => firstNumber + index);
      const whole = { ...snapshot, toMs: block.fromMs + DAY_MS, blocks: [block] };
      for (const [number, { ms }] of pointSeries(whole, numbers, counting)) {
        this.#add(number, { samples: ms.length, firstMs: ms[0] as number, lastMs: ms.at(-1) as number });
      }
    }
  }

  *counted(): Generator<DayPoint> {
    for (const [number, count] of this.#counts) {
      const name = this.#names.get(number);
      if (name !== undefined) yield { name, ...count };
    }
  }

  #add(number: number, { samples, firstMs, lastMs }: Omit<DayPoint, "name">): void {
    const one = this.#counts.get(number) ?? { samples: 0, firstMs, lastMs };
    this.#counts.set(number, {
      samples: one.samples + samples,
      firstMs: Math.min(one.firstMs, firstMs),
      lastMs: Math.max(one.lastMs, lastMs),
    });
  }
}
