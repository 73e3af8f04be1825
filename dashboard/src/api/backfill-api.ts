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
import { type Answer, type Call, callerOf } from "./answer.ts";

/** Days of some sites; both ends included. */
export interface Selection {
  readonly from: UtcDay;
  readonly to: UtcDay;
  readonly sites: readonly string[];
}

/** Days of one site; all that are known where the range is left out. */
export interface SiteRange {
  readonly site: string;
  readonly from?: UtcDay | undefined;
  readonly to?: UtcDay | undefined;
}

/** The Backfill Worker that served this page. */
export interface BackfillApi {
  readonly call: Call;
  /** Asks what a range of all configured sites would take: names them, and costs the vendor nothing. */
  planOfAll(day: UtcDay): Promise<Answer<Plan>>;
  plan(asked: Selection, force: boolean): Promise<Answer<Plan>>;
  start(asked: Selection, force: boolean): Promise<Answer<StartAccepted>>;
  cancel(): Promise<Answer<Cancelled>>;
  retry(range: Partial<SiteRange>): Promise<Answer<RetryAccepted>>;
  verify(mode: "quick" | "full", range: Partial<SiteRange>): Promise<Answer<AuditAccepted>>;
  audits(): Promise<Answer<AuditList>>;
  days(range: SiteRange): Promise<Answer<DayList>>;
  errors(range: SiteRange, limit: number, signal: AbortSignal): Promise<Answer<ErrorList>>;
  status(signal: AbortSignal): Promise<Answer<Status | NotStarted>>;
  /** The stream of events; throws where there is none. */
  events(signal: AbortSignal): Promise<Response>;
}

export function backfillApi(fetcher: typeof fetch, token: string): BackfillApi {
  const call = callerOf(fetcher, "", token);
  const startBody = ({ from, to, sites }: Selection, force: boolean) => ({
    start_date: from,
    end_date: to,
    sites,
    force_restart: force,
  });
  return {
    call,
    planOfAll: (day) =>
      call("POST", "/backfill/start", { body: { start_date: day, end_date: day, dry_run: true } }),
    plan: (asked, force) =>
      call("POST", "/backfill/start", { body: { ...startBody(asked, force), dry_run: true } }),
    start: (asked, force) => call("POST", "/backfill/start", { body: startBody(asked, force) }),
    cancel: () => call("POST", "/backfill/cancel"),
    retry: (range) => call("POST", "/backfill/retry", { body: range }),
    verify: (mode, range) => call("POST", "/backfill/verify", { body: { mode, ...range } }),
    audits: () => call("GET", "/backfill/verify"),
    days: (range) => call("GET", "/backfill/days", { query: { ...range } }),
    errors: (range, limit, signal) =>
      call("GET", "/backfill/errors", { query: { ...range, limit: String(limit) }, signal }),
    status: (signal) => call("GET", "/backfill/status", { signal }),
    events: (signal) =>
      fetcher("/backfill/events", {
        headers: { Authorization: `Bearer ${token}` },
        redirect: "error",
        signal,
      }),
  };
}
