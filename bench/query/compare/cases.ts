import { DAY_MS } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { REFERENCE_NAMES, SMALL_NAMES, SMALL_SITE, spanOf, spread } from "../../data/data.ts";
import type { OurQuery } from "./ours.ts";

export const REFERENCE_SITE = "ses_falls_city" as SiteName;
const HOUR_MS = 3_600_000;
/** Days of the small site. */
export const DAYS = { full: 366, quick: 7 };

/** A query of some points, spread over a site, and some days. */
export interface QueryCase extends OurQuery {
  readonly name: string;
  readonly days: number;
}

interface Size {
  readonly points: number;
  readonly days: number;
  readonly widthMs?: number;
  readonly from?: OurQuery["from"];
}

const INTERVALS = new Map([
  [HOUR_MS, "1hr averages"],
  [DAY_MS, "1day averages"],
]);

/** A day of the reference site. */
const ofReference = (points: number) => caseOf(REFERENCE_SITE, REFERENCE_NAMES, { points, days: 1 });
const ofSmall = (size: Size) => caseOf(SMALL_SITE, SMALL_NAMES, size);

const MONTH = 31;

/** The queries of a full bench: a day, a month and a year. Of 100 points a year has only averages: a scan takes minutes. */
const FULL: readonly QueryCase[] = [
  ...[1, 20, 100].map(ofReference),
  ...[1, 20, 100].map((points) => ofSmall({ points, days: MONTH })),
  ...[1, 20].map((points) => ofSmall({ points, days: DAYS.full })),
  ...averages(DAYS.full),
];

const QUICK: readonly QueryCase[] = [
  ...[1, 100].map(ofReference),
  ...[1, 20, 100].map((points) => ofSmall({ points, days: DAYS.quick })),
  ...averages(DAYS.quick),
];

export const queryCases = (quick: boolean) => (quick ? QUICK : FULL);

function averages(days: number): QueryCase[] {
  return (["day files", "roll-ups"] as const).flatMap((from) => [
    ofSmall({ points: 20, days, widthMs: HOUR_MS, from }),
    ofSmall({ points: 100, days, widthMs: DAY_MS, from }),
  ]);
}

function caseOf(
  site: SiteName,
  names: readonly string[],
  { points, days, widthMs, from = "day files" }: Size,
): QueryCase {
  const size = site === REFERENCE_SITE ? "full" : "small";
  const name = [
    points === 1 ? "1 point" : `${points} points`,
    days === 1 ? `a ${size} day` : `${days} ${size} days`,
    ...(widthMs === undefined ? [] : [INTERVALS.get(widthMs) ?? ""]),
  ].join(", ");
  return { ...spanOf(site, days), name, days, points: spread(names, points), widthMs, from };
}
