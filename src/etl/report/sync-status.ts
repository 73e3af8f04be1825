import type { SiteSync, SyncAlert, SyncStatus } from "../../contract/etl.ts";
import { ALERT_LAG_MINUTES } from "../../domain/sync-limits.ts";

/** The status over all sites that responded. Pure. */
export function statusName(sites: readonly SiteSync[], unreachable: number): SyncStatus["status"] {
  if (sites.some(({ state }) => state === "halted")) return "halted";
  if (unreachable > 0 || sites.some(isBehind)) return "behind";
  return sites.some(({ watermark }) => watermark === null) ? "starting" : "current";
}

const isBehind = ({ lag_seconds: lag }: SiteSync) => lag !== null && lag > ALERT_LAG_MINUTES * 60;

/** The least watermark in milliseconds; null until each of the `count` sites has one. */
export function leastOf(sites: readonly SiteSync[], count: number): number | null {
  const watermarks = sites.flatMap(({ watermark }) => (watermark === null ? [] : [Date.parse(watermark)]));
  return watermarks.length < count ? null : Math.min(...watermarks);
}

/** The alerts of the sites, each once. */
export function alertsOfSites(sites: readonly SiteSync[]): SyncAlert[] {
  return sites.flatMap(({ alerts }) => alerts);
}
