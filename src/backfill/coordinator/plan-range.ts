import type { Plan } from "../../contract/backfill.ts";
import type { Config } from "../../domain/config.ts";
import { estimatedDays, type Job, type SiteAnswer } from "../job/job.ts";
import { JITTER_MS } from "../rate-gate/rate-gate.ts";

/** The day of the reference site, with 4,583 points. */
const SAMPLES_A_DAY = 3_741_234;

/** What the job would take, estimated from its sites' answers in their order, without a request to the API. Pure. */
export function planOf(
  job: Job,
  config: Pick<Config, "pageSize" | "requestsPerMinute">,
  answers: readonly SiteAnswer[],
): Plan {
  const days = estimatedDays(job);
  const rows = job.sites.map((site, index) => {
    const estimate = answers[index]?.estimate;
    const pages = estimate?.meanPages ?? Math.ceil(SAMPLES_A_DAY / config.pageSize);
    const toFetch = estimate?.daysToFetch ?? days;
    return {
      site,
      days_to_fetch: toFetch,
      days_to_skip: estimate?.daysToSkip ?? 0,
      pages_per_day: Math.round(pages * 10) / 10,
      basis:
        estimate?.meanPages === undefined
          ? ("assumed 3,741,234 samples a day" as const)
          : ("ledger" as const),
      // One more request, once a run, reads the points list.
      estimated_requests: Math.ceil(pages * toFetch) + (toFetch > 0 ? 1 : 0),
    };
  });
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  const requests = total((row) => row.estimated_requests);
  const ms = (requests * (60_000 + JITTER_MS)) / config.requestsPerMinute;
  return {
    status: "dry_run",
    start_date: job.startDate,
    end_date: job.endDate,
    estimated_days: days,
    estimated_site_days: days * rows.length,
    days_to_fetch: total((row) => row.days_to_fetch),
    days_to_skip: total((row) => row.days_to_skip),
    estimated_requests: requests,
    estimated_hours: hoursOf(ms),
    estimated_seconds: Math.ceil(ms / 1000),
    requests_per_minute: config.requestsPerMinute,
    page_size: config.pageSize,
    sites: rows,
  };
}

/** With two decimals; with more where those would make nothing of a short time. */
function hoursOf(ms: number): number {
  const hours = ms / 3_600_000;
  return hours < 1 ? Number(hours.toPrecision(2)) : Math.round(hours * 100) / 100;
}
