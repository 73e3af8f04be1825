import type { SiteOptions } from "../../../simulator/options.ts";

const SECOND = 1_000;
/** After its end plus this time nothing changes in a window, so that a soak of minutes has settled windows. */
const CHANGED_MS_MAX = 90 * SECOND;

/**
 * Sites whose newest samples are synced while others are backfilled. Their seed is their own: what the API says of a
 * time that was synced long ago must not change with the data of a forced restart.
 */
export function liveSites(count: number): SiteOptions[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `live_${index + 1}`,
    seed: 77,
    pointsPerSite: 20 + 20 * index,
    samplesPerDay: 2_400 + 2_400 * index,
    oddShare: 0.02,
    duplicateShare: 0.02,
    present: {
      late: { share: 0.05, msMin: SECOND, msMax: CHANGED_MS_MAX },
      corrected: { share: 0.02, msMin: SECOND, msMax: CHANGED_MS_MAX },
      vanishing: { share: 0.01, msMin: SECOND, msMax: CHANGED_MS_MAX },
    },
  }));
}

export const isLive = (site: string) => site.startsWith("live_");

/** Days of hot storage in the first cycle, which begins with a first sync over all of it, and from the second on. */
const HOT_DAYS_FIRST = 2;
const HOT_DAYS_LATER = 1;

/**
 * The variables of hot storage in a cycle. From the second on it has fewer days, so that the older ones roll over: by
 * the clock alone a soak would have to run for days.
 */
export function hotVars(
  cycle: number,
  sites: readonly SiteOptions[],
): { readonly query: Vars; readonly etl: Vars } {
  const days = cycle === 1 ? HOT_DAYS_FIRST : HOT_DAYS_LATER;
  const query = { HOT_DAYS: String(days) };
  return {
    query,
    etl: {
      ...query,
      SITE_NAME: sites.map(({ name }) => name).join(","),
      FIRST_SYNC_HOURS: String(days * 24),
      ARCHIVE_AFTER_HOURS: "1",
    },
  };
}

type Vars = Record<string, string>;
