/** Views of the ETL Sync Worker for tests: one site that is current, with changes. */
import type { SiteSync, Stats, SyncStatus } from "../../../src/contract/etl.ts";

export const SYNC_NOW = Date.parse("2025-10-14T12:34:56.789Z");

export function siteSync(changes: Partial<SiteSync> = {}): SiteSync {
  return {
    site: "ses_falls_city",
    state: "current",
    current_sync: null,
    watermark: "2025-10-14T12:30:30.500Z",
    lag_seconds: 266.289,
    newest_sample: "2025-10-14T12:33:00.000Z",
    last_sync: {
      started_at: "2025-10-14T12:30:31.000Z",
      ended_at: "2025-10-14T12:30:33.250Z",
      outcome: "ok",
      windows: 2,
      samples: 52_000,
      requests: 3,
      rows_written: 96,
      error: null,
    },
    next_sync_at: "2025-10-14T12:35:00.000Z",
    points: { count: 4_583, loaded_at: "2025-10-14T12:00:00.000Z" },
    windows_missing: 0,
    recent_windows: [
      recentWindow("2025-10-14T12:00:30.500Z", 39_000, true),
      recentWindow("2025-10-14T12:15:30.500Z", 39_100, true),
      recentWindow("2025-10-14T12:30:30.500Z", 13_000, false),
    ],
    hot_days: [
      { day: "2025-10-13", samples: 3_741_234, state: "whole" },
      { day: "2025-10-14", samples: 1_960_000, state: "filling" },
    ],
    due_days: [
      {
        date: "2025-10-13",
        state: "published",
        fetched_at: "2025-10-14T06:00:10.000Z",
        records: 3_741_234,
        sha256: "ab".repeat(32),
        failures: 0,
        error: null,
        retry_at: null,
        reason: "archive",
      },
    ],
    due_paused: false,
    rolled_over: { days: 3, last_day: "2025-09-23", last_at: "2025-10-14T00:20:00.000Z" },
    totals: {
      samples: 9_000_000,
      rows_written: 120_000,
      requests: 2_000,
      retries: 3,
      rate_limited: 1,
      errors: 2,
    },
    rows_written_today: 41_000,
    errors_recent: [],
    alerts: [],
    halt_reason: null,
    waiting_until: null,
    ...changes,
  };
}

export function recentWindow(start: string, samples: number, complete: boolean) {
  const end = new Date(Date.parse(start) + 900_000).toISOString();
  return { start, end, samples, complete, read_at: new Date(SYNC_NOW - 260_000).toISOString() };
}

export function syncStatus(changes: Partial<SyncStatus> = {}): SyncStatus {
  return {
    status: "current",
    timestamp: new Date(SYNC_NOW).toISOString(),
    last_sync_timestamp: Date.parse("2025-10-14T12:30:30.500Z"),
    hot_days: 20,
    archive_after_hours: 6,
    sites: [siteSync()],
    sites_unreachable: [],
    warnings: [],
    alerts: [],
    ...changes,
  };
}

export const STATS: Stats = {
  timestamp: new Date(SYNC_NOW).toISOString(),
  sites: [
    {
      site: "ses_falls_city",
      hot_days: 20,
      samples: 71_000_000,
      bytes: 300_000_000,
      bytes_per_sample: 4.2,
      points: 4_601,
      rows_written_today: 21_000,
    },
  ],
  database_bytes: 412_000_000,
};
