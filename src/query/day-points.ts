import { DAY_MS, dayStartMs, type UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { HotDay, HotTables } from "./hot/tables.ts";
import type { DayPoints, Holdings, Meter, PointSummary } from "./source.ts";

/** Points of one answer of the hot storage: some 800,000 samples looked at, of the 30 s that a statement may take. */
const SUMMARIES_A_PAGE = 1_000;

export interface PointHolders {
  readonly hot: Pick<HotTables, "days" | "summaries">;
  readonly cold: Pick<Holdings, "points">;
  /** The day that hot and cold are split in. */
  readonly boundary: UtcDay;
}

/**
 * The points of a day from whoever has it whole: hot, where it does and the day is younger than the boundary's; else the
 * archive; and where that has nothing either, what hot has of the day so far.
 */
export async function dayPoints(
  { hot, cold, boundary }: PointHolders,
  site: SiteName,
  day: UtcDay,
  meter: Meter,
  pageRows = SUMMARIES_A_PAGE,
): Promise<DayPoints> {
  const heldOfDay = async () => (await hot.days(site, day, day, meter)).get(day);
  // Hot may be taking samples out of the boundary's day, and is not needed for one before it that is archived.
  const coldFirst = day <= boundary;
  const held = coldFirst ? undefined : await heldOfDay();
  if (!held?.whole) {
    const archived = await cold.points(site, day, meter);
    if (archived.state !== "missing") return archived;
  }
  const kept = coldFirst ? await heldOfDay() : held;
  // Of a day before the boundary hot has samples only as long as it says so.
  if (day < boundary && !kept) return { state: "missing", tiers: [], points: [] };
  return hotPoints(await summariesOf(hot, site, day, meter, pageRows), kept);
}

function hotPoints(points: readonly PointSummary[], held: HotDay | undefined): DayPoints {
  const state = points.length > 0 ? "present" : held?.whole ? "empty" : "missing";
  return { state, tiers: state === "missing" ? [] : ["hot"], points };
}

async function summariesOf(
  hot: PointHolders["hot"],
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
