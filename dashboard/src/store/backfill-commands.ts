import type { AuditView, Status } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { Browser } from "../browser.ts";
import { counted, integer } from "../formatting.ts";
import { rangeError } from "../plan/plan.tsx";
import { type DayRange, type SiteDay, type SiteRange, yesterdayOf } from "../ranges.ts";
import { type BackfillApi, latestRequest, type Result } from "../worker-api/worker-api.ts";
import { type Notice, plannedRange } from "./page-state.ts";
import type { Store } from "./reduce.ts";
import type { Session } from "./session.ts";

/** Errors that the panel of a day lists. */
const ERRORS_LISTED = 20;
const AUDIT_POLL_MS = 1_000;

/** What an audit has compared, of how many days. */
export function auditResult(audit: AuditView): [Notice["tone"], string] {
  const { mode, site, days_checked, problems_total } = audit;
  if (days_checked === 0) return ["error", `Nothing was verified: ${site} has no file in this range.`];
  if (problems_total > 0)
    return [
      "error",
      `${integer(problems_total)} of ${counted(days_checked, "file")} of ${site} are missing or wrong. ` +
        "Days of the current backfill are fetched again now, other days by the next backfill that includes them.",
    ];
  return ["done", `No problem found in ${counted(days_checked, "file")} of ${site}: ${COMPARED[mode]}.`];
}

const COMPARED: Readonly<Record<AuditView["mode"], string>> = {
  quick: "size, hash and count were compared; the content was not read",
  full: "every byte and row was read",
  rebuild: "the files in R2 were listed, not read",
};

/** What an operator can do with the backfill. Each command calls the Worker; its result is shown as the notice. */
export function backfillCommands(store: Store, session: Session, { sleep }: Pick<Browser, "sleep">) {
  const errorRequests = latestRequest();
  /** The last command, until its response. */
  let last:
    | { readonly api: BackfillApi; readonly pending: string; readonly response: Promise<unknown> }
    | undefined;

  const notify = (tone: Notice["tone"], text: string) =>
    store.dispatch({ type: "notice", notice: { tone, text } });

  /** The result; undefined when the session ended meanwhile or ends with it, because the next session must not see it. */
  async function request<T>(call: (api: BackfillApi) => Promise<Result<T>>): Promise<Result<T> | undefined> {
    const { api } = session;
    if (!api) return undefined;
    const result = await call(api);
    const ended = session.api !== api || (!result.ok && session.endIfUnauthorized(result.error));
    return ended ? undefined : result;
  }

  /**
   * Runs one command at a time: a double click has the effect of one, and another command waits for the response. The
   * stream can show its button before: a cancelled job can be resumed while its cancel waits for the sites. Returns
   * whether it succeeded.
   */
  async function run<T>(
    pending: string,
    call: (api: BackfillApi) => Promise<Result<T>>,
    done: (body: T) => string,
  ): Promise<boolean> {
    const { api } = session;
    const before = last?.api === api ? last : undefined;
    if (!api || before?.pending === pending) return false;
    const response = before ? before.response.then(() => send(api, pending, call)) : send(api, pending, call);
    const command = { api, pending, response };
    last = command;
    const result = await response;
    if (last === command) last = undefined;
    if (!result) return false;
    if (result.ok) {
      notify("done", done(result.body));
      await refreshStatus();
    } else notify("error", result.error.message);
    return result.ok;
  }

  /** Sends a command, unless the session in which it was given has ended. */
  async function send<T>(
    api: BackfillApi,
    pending: string,
    call: (api: BackfillApi) => Promise<Result<T>>,
  ): Promise<Result<T> | undefined> {
    if (session.api !== api) return undefined;
    notify("pending", pending);
    return request(call);
  }

  /** Loads the status after a command, because the stream reports the change up to two seconds later. */
  async function refreshStatus(): Promise<void> {
    const before = store.state.live.status;
    const result = await request((api) => api.status(AbortSignal.timeout(10_000)));
    // A status that the stream delivered meanwhile is newer than this one, or will be followed by a newer one.
    if (!result?.ok || store.state.live.status !== before) return;
    session.receive({ kind: "status", status: result.body, by: store.state.live.by ?? "poll" });
  }

  async function start(range: DayRange, force: boolean): Promise<void> {
    const started = await run(
      "Starting …",
      (api) => api.start(range, force),
      (body) => `Backfill ${body.status}: ${counted(body.estimated_site_days, "site-day")}.`,
    );
    if (!started) return;
    store.dispatch({ type: "select", selection: undefined });
    session.loadDays(range.sites.map((site) => ({ site, from: range.from, to: range.to })));
  }

  /** Selects the range and estimates it; the plan's fields show why an invalid range is not estimated. */
  async function estimate(range: DayRange): Promise<void> {
    store.dispatch({ type: "select", selection: range });
    const { now, plan } = store.state;
    if (rangeError(range, yesterdayOf(now))) return;
    const planRequest = { range, force: plan.force };
    store.dispatch({ type: "plan-requested", request: planRequest });
    const result = await request((api) => api.plan(range, plan.force));
    if (!result) return;
    const response = result.ok
      ? { estimate: result.body, error: undefined }
      : { estimate: undefined, error: result.error.message };
    store.dispatch({ type: "planned", request: planRequest, ...response });
  }

  /** Polls until the site's audit is complete, and shows its progress. */
  async function followAudit(api: BackfillApi, site: string): Promise<void> {
    while (session.api === api) {
      const result = await request(() => api.audits());
      if (result?.ok) {
        store.dispatch({ type: "audits", audits: result.body.audits });
        const audit = result.body.audits.find((view) => view.site === site);
        if (audit?.state === "completed") return notify(...auditResult(audit));
      }
      await sleep(AUDIT_POLL_MS);
    }
  }

  return {
    estimate,

    /** Estimates the range in the plan's fields, as it is now. */
    estimatePlan: () => estimate(plannedRange(store.state)),

    /** Starts the range in the plan's fields, as it is now. */
    startPlan: () => start(plannedRange(store.state), store.state.plan.force),

    /** Starts a backfill of one day: of a failed day of an earlier backfill, which no retry reaches. */
    fetchDay: ({ site, day }: SiteDay) => start({ from: day, to: day, sites: [site] }, false),

    resume: ({ start_date, end_date, sites }: Status) =>
      start(
        { from: start_date as UtcDay, to: end_date as UtcDay, sites: sites.map(({ site }) => site) },
        false,
      ),

    async cancel(): Promise<void> {
      await run(
        "Cancelling …",
        (api) => api.cancel(),
        ({ message, sites_stopping }) =>
          sites_stopping.length > 0 ? `${message} Still stopping: ${sites_stopping.join(", ")}.` : message,
      );
    },

    async retry(range: Partial<SiteRange>): Promise<void> {
      await run(
        "Retrying failed site-days …",
        (api) => api.retry(range),
        ({ days }) => `${counted(days, "failed site-day")} will be fetched again.`,
      );
    },

    async verify(mode: "quick" | "full", range: SiteRange): Promise<void> {
      const started = await run(
        mode === "full" ? "Reading the file and counting its rows …" : "Comparing size, hash and count …",
        (api) => api.verify(mode, range),
        () => "Verification is running.",
      );
      const { api } = session;
      if (!started || !api) return;
      await followAudit(api, range.site);
      session.loadDays([range]);
    },

    async openDay(siteDay: SiteDay): Promise<void> {
      store.dispatch({ type: "open-day", siteDay });
      // Its roll-ups may have been made since the days were loaded, which no status tells.
      session.loadDays([{ site: siteDay.site, from: siteDay.day, to: siteDay.day }]);
      const result = await request((api) => api.audits());
      if (result?.ok) store.dispatch({ type: "audits", audits: result.body.audits });
    },

    async readErrors(siteDay: SiteDay): Promise<void> {
      const range = { site: siteDay.site, from: siteDay.day, to: siteDay.day };
      const signal = errorRequests.next();
      const result = await request((api) => api.errors(range, ERRORS_LISTED, signal));
      if (!result || signal.aborted) return;
      const errors = result.ok ? result.body.errors : result.error.message;
      store.dispatch({ type: "day-errors", siteDay, errors });
    },
  };
}
