import { DAY_MS, dayStartMs, type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import type { HotDatabase } from "../../src/ports/hot.ts";
import { newMeter } from "../../src/query/cost.ts";
import { HotSource } from "../../src/query/hot/hot.ts";
import { atMost, type Figure, report } from "../measure/measure.ts";

/** The promises for a point's day of today. */
const STATEMENTS_MAX = 2;
const MEGABYTES_MAX = 2;

/** What a query of one point's samples of today takes from hot storage: statements, and bytes as D1 sends them. */
export async function pointDayFigures(hot: HotDatabase, site: SiteName, now: EpochMs): Promise<Figure[]> {
  const { rows } = await hot.select<{ name: string }>(
    "SELECT name FROM points ORDER BY number LIMIT 1 OFFSET 1234",
  );
  const points = rows.map(({ name }) => name);
  let [statements, wireBytes, samples] = [0, 0, 0];
  const counting: HotDatabase = {
    async select<R>(...call: Parameters<HotDatabase["select"]>) {
      const selected = await hot.select<R>(...call);
      statements += 1;
      wireBytes += JSON.stringify(selected.rows).length;
      return selected;
    },
  };
  const fromMs = dayStartMs(utcDayOf(now));
  const query = { site, points, fromMs, toMs: fromMs + DAY_MS };
  for await (const { current } of new HotSource(counting).days(query, newMeter()))
    samples += current.series.reduce((sum, { ms }) => sum + ms.length, 0);
  return [
    report("samples of a point's day", String(samples)),
    atMost("statements for a point's day", statements, STATEMENTS_MAX),
    atMost("megabytes on the wire for a point's day", wireBytes / 1e6, MEGABYTES_MAX),
  ];
}
