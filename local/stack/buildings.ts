import type { SiteOptions } from "../../simulator/options.ts";

/** The size of a made-up building that a small machine archives within seconds. */
export const BUILDING_SIZE = { pointsPerSite: 1_500, samplesPerDay: 300_000 };

/** Some points report as often as that, so that a site's newest sample is never much older. */
const TICK_SECONDS = 120;

/** The made-up buildings of the demo and of `npx bv-backfill up`. */
export const BUILDINGS: readonly SiteOptions[] = [
  { name: "ses_falls_city", ...BUILDING_SIZE, tickSeconds: TICK_SECONDS },
  { name: "building_a", ...BUILDING_SIZE, tickSeconds: TICK_SECONDS },
];
