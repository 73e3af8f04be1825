import type { QueryClient } from "../../client/client.ts";
import { QUERY_POINTS_MAX } from "../../src/contract/query.ts";
import { addDays, dayStartMs, utcDayOf } from "../../src/domain/day.ts";
import { nearNames } from "../../src/domain/near-names.ts";
import { CommandError, counted, EXIT, formatCount } from "../../terminal/terminal.ts";
import { note } from "../output.ts";
import { isPattern, pointMatcher } from "../point-match.ts";
import type { TimeRange } from "../time-range.ts";

/** Days of one request for which days a site has. */
const DAYS_MAX = 366;

export interface KnownPoints {
  /** The day that has them. */
  readonly day: string;
  readonly names: readonly string[];
}

/**
 * The points of the last day in the range that has samples, of its last 366 days, or of the newest such day of the last 366.
 * undefined: the site has no such day.
 */
export async function knownPoints(
  query: QueryClient,
  site: string,
  { fromMs, toMs }: TimeRange,
): Promise<KnownPoints | undefined> {
  const today = utcDayOf(Date.now());
  const { from, to } = lastDaysOf({ fromMs, toMs });
  const day =
    (await lastDayWithSamples(query, site, from, to)) ??
    (await lastDayWithSamples(query, site, addDays(today, 1 - DAYS_MAX), today));
  if (day === undefined) return undefined;
  return { day, names: (await query.points(site, day)).points.map(({ point_name }) => point_name) };
}

/** The days of a range, of a longer range the last that one request may ask for. */
function lastDaysOf({ fromMs, toMs }: TimeRange) {
  const to = utcDayOf(toMs - 1);
  return { from: utcDayOf(Math.max(fromMs, dayStartMs(addDays(to, 1 - DAYS_MAX)))), to };
}

async function lastDayWithSamples(query: QueryClient, site: string, from: string, to: string) {
  const { days } = await query.days(site, from, to);
  return days.findLast(({ state }) => state === "present")?.date;
}

/**
 * The names that are meant: a name with `*` or `?` is a pattern, unless the site has a point of exactly that name. Throws
 * `CommandError` for a pattern that no point matches, and for more points than a query may have.
 */
export async function expandPatterns(
  query: QueryClient,
  site: string,
  given: readonly string[],
  range: TimeRange,
): Promise<readonly string[]> {
  if (!given.some(isPattern)) return given;
  const known = await knownPoints(query, site, range);
  if (!known) {
    const [first, ...more] = await unknownSiteLines(query, site, range);
    const unmatched = `No day of ${site} in the last ${DAYS_MAX} days has points to match a pattern with.`;
    throw new CommandError(first ?? unmatched, more.join("\n") || "Write the whole name of a point.");
  }
  const { day, names } = known;
  const found = given.flatMap((text) => {
    if (!isPattern(text) || names.includes(text)) return [text];
    const matching = names.filter(pointMatcher(text));
    if (matching.length > 0) return matching;
    throw new CommandError(
      `No point of ${site} matches '${text}' on ${day}.`,
      `* stands for any characters, ? for one. To see the points: npx bv-backfill points ${day} --site ${site}`,
    );
  });
  const points = [...new Set(found)];
  if (points.length <= QUERY_POINTS_MAX) {
    note(`Patterns stand for the points of ${day}: ${counted(points.length, "point")} in all.`);
    return points;
  }
  throw new CommandError(
    `${formatCount(points.length)} points match; a query has at most ${QUERY_POINTS_MAX}.`,
    `Narrow the pattern. The first matches: ${points.slice(0, 3).join(", ")}`,
    { exitCode: EXIT.usage },
  );
}

/**
 * Lines for a site without samples: which days were searched for a file of it, and which sites have a file of the first day
 * of the range. No lines if the site has a file there, or if the Worker can't be asked: the lines only accompany a result.
 */
export async function unknownSiteLines(
  query: QueryClient,
  site: string,
  range: TimeRange,
): Promise<readonly string[]> {
  try {
    return await linesOf(query, site, range);
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

async function linesOf(query: QueryClient, site: string, range: TimeRange): Promise<readonly string[]> {
  const today = utcDayOf(Date.now());
  const { from, to } = lastDaysOf(range);
  if (await hasFile(query, site, from, to)) return [];
  if (await hasFile(query, site, addDays(today, 1 - DAYS_MAX), today)) return [];
  const others = await query.sites(from);
  const near = nearNames(site, others);
  const shown = others.slice(0, SITES_SHOWN).join(", ");
  const more = others.length > SITES_SHOWN ? ` and ${others.length - SITES_SHOWN} more` : "";
  const days = from === to ? `of ${from}` : `from ${from} to ${to}`;
  return [
    `Site "${site}" has no file ${days}, and none of the last ${DAYS_MAX} days. Other days were not searched. Check the name of the site.`,
    others.length > 0
      ? `Sites with a file of ${from}: ${shown}${more}.`
      : "To see the sites and their archived days: npx bv-backfill sites",
    ...(near.length > 0 ? [`Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`] : []),
  ];
}

async function hasFile(query: QueryClient, site: string, from: string, to: string): Promise<boolean> {
  return (await query.days(site, from, to)).days.some(({ state }) => state !== "missing");
}

const SITES_SHOWN = 10;
