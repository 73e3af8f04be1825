import type { DayView, Evidence, SiteView, Status } from "../../src/contract/backfill.ts";

/** A site in the middle of a year. */
export function siteView(change: Partial<SiteView> = {}): SiteView {
  return {
    site: "a",
    state: "running",
    days_total: 366,
    days_completed: 10,
    days_empty: 0,
    days_skipped: 0,
    days_failed: 0,
    records_processed: 1_000,
    current_date: "2024-01-11",
    phase: "fetching",
    pages: 3,
    samples_in_progress: 50,
    page_size: 50_000,
    run: { days: 10, samples: 1_000, requests: 100 },
    errors: 0,
    last_error: null,
    halt_reason: null,
    waiting_until: null,
    warnings: [],
    retrying: null,
    last_progress: "2024-06-01T12:00:00.000Z",
    failed_days: [],
    pipeline_bytes_peak: 0,
    ...change,
  };
}

export function statusOf(sites: readonly SiteView[] = [siteView()], change: Partial<Status> = {}): Status {
  return {
    status: "in_progress",
    backfill_id: "backfill_1",
    start_date: "2024-01-01",
    end_date: "2024-12-31",
    current_date: "2024-01-11",
    days_completed: 10,
    days_total: 366,
    progress_percent: "2.73",
    records_processed: 1_000,
    started_at: "2024-06-01T11:00:00.000Z",
    last_updated: "2024-06-01T12:00:00.000Z",
    completed_at: null,
    estimated_completion: null,
    duration_seconds: 3_600,
    days_per_hour: 10,
    samples_per_second: 1,
    outcome: null,
    days_failed: 0,
    failed_days: [],
    throttled_until: null,
    metrics: null,
    sites: [...sites],
    sites_unreachable: [],
    sites_stuck: [],
    alerts: [],
    ...change,
  };
}

export function dayView(date: string, status: DayView["status"], change: Partial<DayView> = {}): DayView {
  return {
    date,
    site: "a",
    status,
    records: status === "completed" ? 1_234 : null,
    r2_path: null,
    completed_at: null,
    requested: true,
    verification: null,
    evidence: null,
    phase: null,
    attempts: 1,
    failure: null,
    ...change,
  };
}

/** The evidence of a day of a hundred rows, most of which are written. */
export function dayEvidence(change: Partial<Evidence> = {}): Evidence {
  return {
    ...{ written: 90, points: 3, first_timestamp: 0, last_timestamp: 1, bytes: 10, sha256: "" },
    ...{ pages: 1, requests: 2, retries: 0, fetched: 100, rejected: { text: 3, null: 1 } },
    ...{ outside: 2, unconfigured: 1, duplicates: 3 },
    ...change,
  };
}
