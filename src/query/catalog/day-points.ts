import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";
import type { Meter } from "../cost.ts";
import type { HotDay, HotTables } from "../hot/hot.ts";
import type { DayState, PointSummary, Tier } from "../source.ts";

export interface DayPoints {
  readonly state: DayState;
  readonly tiers: readonly Tier[];
  /** In the order of the names' UTF-8 bytes. */
  readonly points: readonly PointSummary[];
}

/** Points of one statement: some 800,000 samples are scanned, within the 30 s that a statement may take. */
const SUMMARIES_A_PAGE = 1_000;

export interface DayPointsSources {
  readonly hot: Pick<HotTables, "days" | "summaries">;
  readonly archivedPoints: (site: SiteName, day: UtcDay) => Promise<DayPoints>;
  /** The day that hot and cold share. */
  readonly boundary: UtcDay;
}

/**
 * The points of a day from a tier that has the day whole: hot, where it does and the day is after the boundary;
 * otherwise the archive. Where the archive does not have the day either: what hot has of it so far.
 */
export async function dayPoints(
  { hot, archivedPoints, boundary }: DayPointsSources,
  site: SiteName,
  day: UtcDay,
  meter: Meter,
  pageRows = SUMMARIES_A_PAGE,
): Promise<DayPoints> {
  const rowOfDay = async () => (await hot.days(site, day, day, meter)).get(day);
  // Samples of the boundary day may be being deleted from hot, and hot is not needed for an older day that is archived.
  const coldFirst = day <= boundary;
  const row = coldFirst ? undefined : await rowOfDay();
  if (!row?.whole) {
    const archived = await archivedPoints(site, day);
    if (archived.state !== "missing") return archived;
  }
  const hotRow = coldFirst ? await rowOfDay() : row;
  // Hot has the samples of a day before the boundary only as long as the day has a row.
  if (day < boundary && !hotRow) return { state: "missing", tiers: [], points: [] };
  return hotPoints(await summariesOf(hot, site, day, meter, pageRows), hotRow);
}

function hotPoints(points: readonly PointSummary[], row: HotDay | undefined): DayPoints {
  const state = points.length > 0 ? "present" : row?.whole ? "empty" : "missing";
  return { state, tiers: state === "missing" ? [] : ["hot"], points };
}

async function summariesOf(
  hot: DayPointsSources["hot"],
  site: SiteName,
  day: UtcDay,
  meter: Meter,
  pageRows: number,
): Promise<PointSummary[]> {
  const fromMs = dayStartMs(day);
  const points: PointSummary[] = [];
  for (let after = ""; ; ) {
    const page = await hot.summaries(site, fromMs, fromMs + DAY_MS, after, pageRows, meter);
    points.push(...page);
    const last = page.at(-1);
    if (!last || page.length < pageRows) return points;
    after = last.point;
  }
}
