import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { Series } from "../../domain/series.ts";
import type { SiteName } from "../../domain/site.ts";
import type { HotDatabase } from "../../ports/hot.ts";
import { readSpans } from "./read-spans.ts";
import { type Counting, pointSeries, SeriesParts } from "./span-series.ts";
import { readSnapshot, readWhole } from "./span-snapshot.ts";

/** A parameter takes 2 MB: with the longest names this is half of it. */
const NAMES_A_STATEMENT = 500;

/** The samples of the named points on the day, by name, without points that have none. */
export async function readDaySeries(
  database: HotDatabase,
  site: SiteName,
  day: UtcDay,
  names: readonly string[],
  counting: Counting,
): Promise<Map<string, Series>> {
  const parts = new SeriesParts<string>();
  const startMs = dayStartMs(day);
  for (let first = 0; first < names.length; first += NAMES_A_STATEMENT) {
    const some = names.slice(first, first + NAMES_A_STATEMENT);
    for (const span of readSpans(startMs, startMs + DAY_MS, some.length)) {
      for await (const snapshot of readWhole(readSnapshot, database, site, some, span)) {
        for (const [number, series] of pointSeries(snapshot, snapshot.points.keys(), counting)) {
          parts.add(snapshot.points.get(number) as string, series);
        }
      }
    }
  }
  return parts.joined();
}
