import { DAY_MS, dayStartMs, daysOf, type EpochMs, utcDayOf } from "../../../src/domain/day.ts";
import { objectKey } from "../../../src/domain/layout.ts";
import type { HotSeries } from "../../../src/hot/hot.ts";
import { joined, pointSeries, spansOf } from "../../../src/hot/read/span-series.ts";
import { readSnapshot } from "../../../src/hot/read/span-snapshot.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { siteNamed } from "./world.ts";
import type { WorldArchive } from "./world-archive.ts";
import type { WorldHot } from "./world-hot.ts";

/** What the Query Worker answers from hot and cold together, at this moment of the world. */
export class WorldReader {
  readonly #hot: WorldHot;
  readonly #archive: WorldArchive;

  constructor(hot: WorldHot, archive: WorldArchive) {
    this.#hot = hot;
    this.#archive = archive;
  }

  /** The samples of the points in [fromMs, toMs), by name, without points that have none. */
  async series(
    site: string,
    points: readonly string[],
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<Map<string, HotSeries>> {
    const parts = new Map<string, HotSeries[]>();
    for (const day of daysOf(utcDayOf(fromMs), utcDayOf(toMs - 1))) {
      const startMs = dayStartMs(day);
      const span = { fromMs: Math.max(fromMs, startMs), toMs: Math.min(toMs, startMs + DAY_MS) };
      const snapshot = await readSnapshot(this.#hot.store, siteNamed(site), points, span);
      const object = this.#archive.objects.get(objectKey(siteNamed(site), day));
      const add = (name: string, part: HotSeries) => parts.set(name, [...(parts.get(name) ?? []), part]);
      const trusted = {
        ...snapshot,
        windows: snapshot.windows.filter(({ isComplete, isCurrent }) => !object || (isComplete && isCurrent)),
      };
      for (const [number, part] of pointSeries(trusted, snapshot.points.keys(), "stored"))
        add(snapshot.points.get(number) as string, part);
      if (!object) continue;
      const spans = spansOf(trusted, () => true);
      const wanted = new Set(points);
      const rows = (await readWithHyparquet(object.bytes)).filter(
        ({ timestamp: ms, point_name }) =>
          wanted.has(point_name) &&
          ms >= span.fromMs &&
          ms < span.toMs &&
          !spans.some((each) => ms >= each.fromMs && ms < each.toMs),
      );
      for (const { point_name, timestamp, value } of rows)
        add(point_name, { ms: Float64Array.of(timestamp), value: Float64Array.of(value) });
    }
    return new Map([...parts].map(([name, own]) => [name, joined(own)]));
  }
}
