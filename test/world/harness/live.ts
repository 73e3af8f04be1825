import type { SiteSync as SiteSyncView } from "../../../src/contract/etl.ts";
import type { SiteSync } from "../../../src/etl/etl.ts";
import { World, type WorldOptions } from "./world.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A dozen points that report every five minutes; many rows are late, corrected or vanish. */
export const LIVELY = {
  ...{ pointsPerSite: 12, samplesPerDay: 12 * 288, oddShare: 0.02, duplicateShare: 0.05 },
  ...{ unconfigured: 1, silent: 1 },
  present: {
    late: { share: 0.1, msMin: 10_000, msMax: 2 * HOUR },
    corrected: { share: 0.05, msMin: 30_000, msMax: 4 * HOUR },
    vanishing: { share: 0.02, msMin: 30_000, msMax: 4 * HOUR },
  },
} as const;

/** A world with the ETL Sync Worker, over a site with a present. */
export function liveWorld({ etl, vendor, ...more }: WorldOptions = {}): World {
  return new World({
    ...more,
    etl: { hotDays: 3, firstSyncHours: 6, ...etl },
    vendor: { ...LIVELY, ...vendor },
  });
}

/** Wakes the syncs as the first cron trigger does, and runs the world for `ms`. */
export async function live(world: World, ms: number): Promise<void> {
  world.wakeSyncs();
  await world.pass(ms);
}

/** Calls a site's sync from outside and runs the world until the response. */
export const askSync = <V>(world: World, act: (rules: SiteSync) => Promise<V>, site = "site_a"): Promise<V> =>
  world.askSync(site, act);

/** Configured points that have samples. */
export function reporting(world: World, site = "site_a"): string[] {
  const names = new Set(world.vendor.names(site));
  return world.vendor.configured(site).filter((name) => names.has(name));
}

/** The report of a site's sync. */
export function reportOf(world: World, site = "site_a"): Promise<SiteSyncView> {
  return askSync(world, (rules) => rules.report(), site);
}

/** The points of `LIVELY`, whose rows appear at their times and never change. */
export const STEADY = {
  ...LIVELY,
  present: { late: { share: 0 }, corrected: { share: 0 }, vanishing: { share: 0 } },
} as const;
