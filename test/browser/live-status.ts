import type { SiteSync, SyncStatus } from "../../src/contract/etl.ts";
import { recentWindow, siteSync, syncStatus } from "../support/http/etl-views.ts";

const FIRST_WINDOW_MS = Date.parse("2025-10-14T06:45:30.500Z");

/** The last six hours; the windows of `without` were not read. */
function windowsOf(without: readonly number[] = []): SiteSync["recent_windows"] {
  return Array.from({ length: 24 }, (_, index) => {
    const start = new Date(FIRST_WINDOW_MS + index * 900_000).toISOString();
    const last = index === 23;
    const samples = Math.round((38_000 + 3_000 * Math.sin(index / 4)) * (last ? 0.3 : 1));
    return recentWindow(start, samples, !last);
  }).filter((_, index) => !without.includes(index));
}

const failed = {
  ...{ fetched_at: null, records: null, sha256: null, failures: 3, error: "the API answered 503" },
  ...{ date: "2025-10-12", retry_at: "2025-10-14T12:40:00.000Z" },
};

/** A site that is current, one that has halted, one, `third`, that catches up and fails to archive, and a silent one. */
export function liveStatus(third: string): SyncStatus {
  const error = "the API answered 503";
  return syncStatus({
    status: "halted",
    sites: [
      siteSync({ recent_windows: windowsOf() }),
      siteSync({
        site: "building_a",
        state: "halted",
        halt_reason: "The API refuses access to site building_a",
        watermark: "2025-10-14T09:15:30.500Z",
        lag_seconds: 11_966,
        newest_sample: "2025-10-14T09:20:00.000Z",
        windows_missing: 13,
        recent_windows: windowsOf().slice(0, 11),
      }),
      siteSync({
        site: third,
        state: "catching-up",
        current_sync: { started_at: "2025-10-14T12:30:31.000Z", windows_read: 12, windows_total: 96 },
        windows_missing: 84,
        recent_windows: windowsOf([9, 10, 11]),
        due_days: [{ ...failed, state: "failed", reason: "archive" }],
        totals: { ...siteSync().totals, errors: 2 },
        errors_recent: [
          { timestamp: "2025-10-14T12:20:00.000Z", error, context: {} },
          { timestamp: "2025-10-14T12:10:00.000Z", error, context: {} },
        ],
      }),
    ],
    sites_unreachable: ["building_b"],
    alerts: [
      {
        alert: "roll_over_failing",
        since: "2025-10-14T11:00:00.000Z",
        message: "2025-10-12 could not be archived 3 times",
        site: third,
        day: "2025-10-12",
        value: 3,
        threshold: 2,
      },
    ],
  });
}
