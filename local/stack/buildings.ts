import type { SiteOptions } from "../../simulator/options.ts";

/** The size of a made-up building that a small machine archives within seconds. */
export const BUILDING_SIZE = { pointsPerSite: 1_500, samplesPerDay: 300_000 };

/** The made-up buildings of the demo and of `npx bv-backfill up`. */
export const BUILDINGS: readonly SiteOptions[] = [
  { name: "ses_falls_city", ...BUILDING_SIZE },
  { name: "building_a", ...BUILDING_SIZE },
];
