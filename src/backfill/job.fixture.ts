import type { SiteView } from "../contract/backfill.ts";
import type { SiteReport } from "./job.ts";

const VIEW: SiteView = {
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
  last_progress: null,
  failed_days: [],
  pipeline_bytes_peak: 0,
};

/** A site's report, for tests: nothing has happened yet but what is given. */
export function reportFixture(
  site: string,
  given: Partial<Omit<SiteReport, "view">> & { view?: Partial<SiteView> },
): SiteReport {
  return { epoch: 1, round: 1, lastProgressAt: undefined, ...given, view: { ...VIEW, ...given.view, site } };
}
