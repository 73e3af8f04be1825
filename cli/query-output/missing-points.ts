import { namedPoints, type QueryClient } from "../../client/client.ts";
import { nearNames } from "../../src/domain/near-names.ts";
import { CommandError } from "../../terminal/terminal.ts";
import type { TimeRange } from "../time-range.ts";
import { knownPoints } from "./known-points.ts";

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

/**
 * A sentence for each point without samples, with near names of the site's points; and whether one of them is no point of
 * the site. `shown` is the range as the user typed it.
 */
export async function missingPointLines(
  query: QueryClient,
  site: string,
  missing: readonly string[],
  range: TimeRange & { readonly shown: string },
): Promise<{ readonly lines: readonly string[]; readonly areAllKnown: boolean }> {
  const known = await knownPoints(query, site, range).catch((error: unknown) => {
    // Suggestions are optional; the result of the query is complete without them.
    if (error instanceof CommandError) return undefined;
    throw error;
  });
  const unknown = known ? missing.filter((point) => !known.names.includes(point)) : [];
  const lines = missing.flatMap((point) => {
    if (!known || !unknown.includes(point)) return [`No samples for "${point}" ${range.shown}.`];
    const near = nearNames(point, known.names);
    const hint = near.length > 0 ? [`Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`] : [];
    return [
      `No samples for "${point}" ${range.shown}. On ${known.day} ${site} has no point of that name.`,
      ...hint,
    ];
  });
  return { lines, areAllKnown: unknown.length === 0 };
}
