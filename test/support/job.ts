import { type Job, RETRY_ALL, type SiteReport } from "../../src/backfill/job/job.ts";
import type { SiteView } from "../../src/contract/backfill.ts";
import { parseUtcDay, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";

/** A job that has just been started, for tests: January 2024 of `sites`. */
export function jobFixture(sites: readonly SiteName[], given: Partial<Job> = {}): Job {
  return {
    backfillId: "id",
    startDate: parseUtcDay("2024-01-01") as UtcDay,
    endDate: parseUtcDay("2024-01-31") as UtcDay,
    sites,
    desired: "run",
    epoch: 1,
    forced: false,
    round: 1,
    retry: RETRY_ALL,
    startedAt: 0,
    resumedAt: 0,
    endedAt: undefined,
    ...given,
  };
}

/** Of a site that has been told the job and has not reported yet. */
export const VIEW: SiteView = {
  site: "",
  state: "running",
  days_total: 31,
  days_completed: 0,
  days_empty: 0,
  days_skipped: 0,
  days_failed: 0,
  records_processed: 0,
  current_date: null,
  phase: null,
  pages: 0,
  samples_in_progress: 0,
  page_size: 50_000,
  run: { days: 0, samples: 0, requests: 0 },
  errors: 0,
  last_error: null,
  halt_reason: null,
  waiting_until: null,
  warnings: [],
  retrying: null,
  last_progress: null,
  failed_days: [],
  pipeline_bytes_peak: 0,
};

const QUIET = {
  backfillId: "id",
  epoch: 1,
  round: 1,
  lastProgressAt: undefined,
  dayProgressAt: undefined,
  lastHeartbeatAt: undefined,
  uploadFailures: 0,
  rateLimitsLastHour: 0,
} as const;

/** A site's report, for tests: nothing has happened yet but what is given. */
export function reportFixture(
  site: string,
  given: Partial<Omit<SiteReport, "view">> & { view?: Partial<SiteView> },
): SiteReport {
  return { ...QUIET, ...given, view: { ...VIEW, ...given.view, site } };
}
