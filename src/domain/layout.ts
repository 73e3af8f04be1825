import { parseUtcDay, type UtcDay } from "./day.ts";
import { parseSiteName, type SiteName } from "./site.ts";

/** Where an object lies in the bucket: of a site-day `timeseries/YYYY/MM/DD/{site}.parquet`. */
export type ObjectKey = string & { readonly __brand: "ObjectKey" };

export function objectKey(site: SiteName, day: UtcDay): ObjectKey {
  return `timeseries/${day.replaceAll("-", "/")}/${site}.parquet` as ObjectKey;
}

const OBJECT_KEY = /^timeseries\/(\d{4})\/(\d{2})\/(\d{2})\/([^/]+)\.parquet$/;

export function parseObjectKey(key: string): { site: SiteName; day: UtcDay } | undefined {
  const match = OBJECT_KEY.exec(key);
  const day = match && parseUtcDay(`${match[1]}-${match[2]}-${match[3]}`);
  const site = match && parseSiteName(match[4] ?? "");
  return day && site ? { site, day } : undefined;
}

/** What the points of a site mean. */
export function pointsKey(site: SiteName): ObjectKey {
  return `points/${site}.parquet` as ObjectKey;
}

export const stateKey = "backfill:state";
export const dayKey = (day: UtcDay, site: SiteName) => `backfill:day:${day}:${site}`;
export const errorKey = (backfillId: string, timestamp: string) =>
  `backfill:errors:${backfillId}:${timestamp}`;

/** Keys of the ETL Sync Worker, as its predecessor had them. */
export const lastSyncKey = "etl:last_sync_timestamp";
export const syncStateKey = (site: SiteName) => `etl:state:${site}`;
export const syncMetricsKey = (site: SiteName, timestamp: string) => `etl:metrics:${site}:${timestamp}`;
export const syncErrorKey = (site: SiteName, timestamp: string) => `etl:errors:${site}:${timestamp}`;
