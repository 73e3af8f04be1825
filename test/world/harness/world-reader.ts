import type { EpochMs } from "../../../src/domain/day.ts";
import { joinSeries, type Series } from "../../../src/domain/series.ts";
import type { ArchiveReader } from "../../../src/ports/archive.ts";
import type { HotDatabase } from "../../../src/ports/hot.ts";
import { ColdSource, Footers } from "../../../src/query/cold/cold.ts";
import { newMeter } from "../../../src/query/cost.ts";
import { PointsFiles } from "../../../src/query/points/points.ts";
import type { SampleSource } from "../../../src/query/source.ts";
import { tiered } from "../../../src/query/tiers.ts";
import { partOf } from "../../support/object-part.ts";
import { rollupsOf } from "../../support/query/rollup-source.ts";
import type { Scheduler } from "./scheduler.ts";
import { siteNamed } from "./world.ts";
import type { WorldArchive } from "./world-archive.ts";
import type { WorldHot } from "./world-hot.ts";

/** How a request of a query comes to be answered; at once by default. */
export type Travel = <T>(answer: () => Promise<T>) => Promise<T>;

const AT_ONCE: Travel = (answer) => answer();

/** The Query Worker's sources over the world's archive and D1. */
export class WorldReader {
  readonly #samples: SampleSource;

  constructor(hot: WorldHot, archive: WorldArchive, scheduler: Scheduler, hotDays: number, travel = AT_ONCE) {
    const database: HotDatabase = {
      select: (statement, ...values) => travel(() => hot.store.select(statement, ...values)),
    };
    const reader = readerOf(archive, travel);
    const { now } = scheduler.clockOf(undefined);
    const clock = { now, sleep: async () => undefined };
    const cold = new ColdSource(reader, new Footers(now));
    const rollups = rollupsOf(reader, now);
    this.#samples = tiered({
      hot: database,
      archive: reader,
      pointsFiles: new PointsFiles(),
      cold,
      rollups,
      clock,
      hotDays,
    }).samples;
  }

  /** The samples of the points in [fromMs, toMs), by name, without points that have none. */
  async series(
    site: string,
    points: readonly string[],
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<Map<string, Series>> {
    const parts = points.map((): Series[] => []);
    const query = { site: siteNamed(site), points, fromMs, toMs };
    for await (const day of this.#samples.days(query, newMeter()))
      for (const [at, series] of day.series.entries()) parts[at]?.push(series);
    const all = points.map((name, at): [string, Series] => [name, joinSeries(parts[at] ?? [])]);
    return new Map(all.filter(([, { ms }]) => ms.length > 0));
  }
}

function readerOf(archive: WorldArchive, travel: Travel): ArchiveReader {
  const unused = () => Promise.reject(new Error("queries neither list nor open objects"));
  return {
    head: (key) =>
      travel(async () => {
        const object = archive.objects.get(key);
        return object && { ...object, key, bytes: object.bytes.length };
      }),
    read: (key, range, condition) => travel(async () => partOf(archive.objects.get(key), range, condition)),
    list: unused,
    open: unused,
  };
}
