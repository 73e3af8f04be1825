import type {
  AuditAccepted,
  AuditList,
  Cancelled,
  DayList,
  ErrorList,
  NotStarted,
  Plan,
  RetryAccepted,
  StartAccepted,
  Status,
} from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { DayRange, SiteRange } from "../ranges.ts";
import { type Result, workerClient } from "./worker-client.ts";

export { followStatus, type Update } from "./follow-status.ts";
export {
  type ApiError,
  latestRequest,
  type Result,
  type WorkerClient,
  workerClient,
} from "./worker-client.ts";

/** The API of the Backfill Worker that serves this page. */
export interface BackfillApi {
  /** A dry run of one day of all configured sites: lists them, and sends no request to the vendor. */
  planAllSites(day: UtcDay): Promise<Result<Plan>>;
  plan(range: DayRange, force: boolean): Promise<Result<Plan>>;
  start(range: DayRange, force: boolean): Promise<Result<StartAccepted>>;
  cancel(): Promise<Result<Cancelled>>;
  retry(range: Partial<SiteRange>): Promise<Result<RetryAccepted>>;
  verify(mode: "quick" | "full", range: Partial<SiteRange>): Promise<Result<AuditAccepted>>;
  audits(): Promise<Result<AuditList>>;
  days(range: SiteRange): Promise<Result<DayList>>;
  errors(range: SiteRange, limit: number, signal: AbortSignal): Promise<Result<ErrorList>>;
  status(signal: AbortSignal): Promise<Result<Status | NotStarted>>;
  /** The event stream of statuses; throws without a response. */
  events(signal: AbortSignal): Promise<Response>;
}

export function backfillApi(fetcher: typeof fetch, token: string): BackfillApi {
  const request = workerClient(fetcher, "", token);
  const startBody = ({ from, to, sites }: DayRange, force: boolean) => ({
    start_date: from,
    end_date: to,
    sites,
    force_restart: force,
  });
  return {
    planAllSites: (day) =>
      request("POST", "/backfill/start", { body: { start_date: day, end_date: day, dry_run: true } }),
    plan: (range, force) =>
      request("POST", "/backfill/start", { body: { ...startBody(range, force), dry_run: true } }),
    start: (range, force) => request("POST", "/backfill/start", { body: startBody(range, force) }),
    cancel: () => request("POST", "/backfill/cancel"),
    retry: (range) => request("POST", "/backfill/retry", { body: range }),
    verify: (mode, range) => request("POST", "/backfill/verify", { body: { mode, ...range } }),
    audits: () => request("GET", "/backfill/verify"),
    days: (range) => request("GET", "/backfill/days", { query: { ...range } }),
    errors: (range, limit, signal) =>
      request("GET", "/backfill/errors", { query: { ...range, limit: String(limit) }, signal }),
    status: (signal) => request("GET", "/backfill/status", { signal }),
    events: (signal) =>
      fetcher("/backfill/events", {
        headers: { Authorization: `Bearer ${token}` },
        redirect: "error",
        signal,
      }),
  };
}
