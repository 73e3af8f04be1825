import { namedPoints, type QueryClient } from "../../client/client.ts";
import { addDays, utcDayOf } from "../../src/domain/day.ts";
import { nearNames } from "../../src/domain/near-names.ts";
import { CommandError } from "../../terminal/terminal.ts";
import type { TimeRange } from "../time-range.ts";

/** Days of one request for which days a site has. */
const DAYS_MAX = 366;

/** Of these points, those without any sample in the range; for a table that shows only its first rows. */
export async function pointsWithoutSamples(
  query: QueryClient,
  site: string,
  points: readonly string[],
  range: TimeRange,
): Promise<string[]> {
  const withSamples = new Set<string>();
  const daily = query.pages([
    ["site_name", site],
    ...namedPoints(points),
    ["start_time", String(range.fromMs)],
    ["end_time", String(range.toMs)],
    ["interval", "1day"],
    ["agg", "count"],
  ]);
  for await (const { samples } of daily) for (const { point_name } of samples) withSamples.add(point_name);
  return points.filter((point) => !withSamples.has(point));
}

/** A sentence for each point without samples, with near names of the site's points. `shown` is the range as the user typed it. */
export async function missingPointLines(
  query: QueryClient,
  site: string,
  missing: readonly string[],
  range: TimeRange & { readonly shown: string },
): Promise<string[]> {
  const names = await pointNames(query, site, range).catch((error: unknown): string[] => {
    // Suggestions are optional; the result of the query is complete without them.
    if (error instanceof CommandError) return [];
    throw error;
  });
  return missing.flatMap((point) => {
    const near = names.includes(point) ? [] : nearNames(point, names);
    const hint = near.length > 0 ? [`Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`] : [];
    return [`No samples for "${point}" ${range.shown}.`, ...hint];
  });
}

/** The points of the last day in the range that has samples, or of the newest such day of the last 366. */
async function pointNames(query: QueryClient, site: string, { fromMs, toMs }: TimeRange): Promise<string[]> {
  const today = utcDayOf(Date.now());
  const day =
    (await lastDayWithSamples(query, site, utcDayOf(fromMs), utcDayOf(toMs - 1))) ??
    (await lastDayWithSamples(query, site, addDays(today, 1 - DAYS_MAX), today));
  if (day === undefined) return [];
  return (await query.points(site, day)).points.map(({ point_name }) => point_name);
}

async function lastDayWithSamples(query: QueryClient, site: string, from: string, to: string) {
  const { days } = await query.days(site, from, to);
  return days.findLast(({ state }) => state === "present")?.date;
}
