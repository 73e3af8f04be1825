import { addDays, utcDayOf } from "../../../src/domain/day.ts";
import { type Browser, storedValue } from "../browser.ts";
import { staleDays, staleDueDays } from "../calendar/calendar.tsx";
import type { SiteRange } from "../ranges.ts";
import {
  type ApiError,
  type BackfillApi,
  backfillApi,
  followStatus,
  type Update,
} from "../worker-api/worker-api.ts";
import { DayLoader } from "./day-loader.ts";
import { sitesOf } from "./page-state.ts";
import type { Store } from "./reduce.ts";

export interface SessionHooks {
  /** Called when a session has begun. */
  onOpen(): void;
  /** Called when the session ends, so that other secrets are removed with this one. */
  onEnd(): void;
}

/** The operator's session: from a token that the Worker accepts until sign-out or until the Worker rejects it. */
export class Session {
  readonly #store: Store;
  readonly #browser: Browser;
  readonly #hooks: SessionHooks;
  readonly #token;
  #open:
    | { readonly api: BackfillApi; readonly days: { load(ranges: readonly SiteRange[]): void } }
    | undefined;
  #controller = new AbortController();

  constructor(store: Store, browser: Browser, hooks: SessionHooks) {
    this.#store = store;
    this.#browser = browser;
    this.#hooks = hooks;
    this.#token = storedValue(browser.storage, "backfill-token");
  }

  /** undefined while nobody is signed in. */
  get api(): BackfillApi | undefined {
    return this.#open?.api;
  }

  /** Signs in with the token that this tab stores, if there is one. */
  async resume(): Promise<void> {
    const token = this.#token.read();
    if (token !== undefined) await this.signIn(token);
  }

  async signIn(token: string): Promise<void> {
    const { dispatch } = this.#store;
    dispatch({ type: "session", session: { kind: "checking" } });
    const api = backfillApi(this.#browser.fetch, token);
    // A dry run of one day checks the token, and returns the configured sites and the rate limit.
    const planned = await api.planAllSites(addDays(utcDayOf(this.#browser.now()), -1));
    if (!planned.ok) return this.#signInFailed(token, planned.error);
    this.#token.write(token);
    const { sites, requests_per_minute: requestsPerMinute } = planned.body;
    this.#controller = new AbortController();
    this.#open = { api, days: this.#dayLoader(api, this.#controller.signal) };
    dispatch({
      type: "session",
      session: { kind: "open", sites: sites.map(({ site }) => site), requestsPerMinute },
    });
    this.loadDays(sitesOf(this.#store.state).map((site) => ({ site })));
    this.#hooks.onOpen();
    void this.#follow(api, this.#controller.signal);
  }

  signOut(why?: string): void {
    this.#controller.abort();
    this.#open = undefined;
    this.#token.remove();
    this.#hooks.onEnd();
    this.#store.dispatch({ type: "session", session: { kind: "locked", why } });
  }

  /** A Worker that does not respond has not rejected the token: it stays stored for a reload. */
  #signInFailed(token: string, error: ApiError): void {
    if (this.endIfUnauthorized(error)) return;
    const stored = token === this.#token.read() ? " The API key is still stored: reload to try again." : "";
    this.#store.dispatch({
      type: "session",
      session: { kind: "locked", why: `${error.message}.${stored}` },
    });
  }

  /** Applies an update, and loads the days that it makes stale. */
  receive(update: Update): void {
    const { due: dueBefore, status: before } = this.#store.state.live;
    this.#store.dispatch({ type: "update", update, at: this.#browser.now() });
    const { due: dueAfter, status: after } = this.#store.state.live;
    if (after && after !== before) this.loadDays(staleDays(before, after));
    const due = dueAfter === dueBefore ? [] : staleDueDays(dueBefore, dueAfter);
    if (due.length > 0) this.loadDays(due);
  }

  /** Ends the session when the Worker no longer accepts the token; returns whether it did. */
  endIfUnauthorized(error: ApiError): boolean {
    const unauthorized = error.status === 401 || error.status === 403;
    if (unauthorized) this.signOut(error.message);
    return unauthorized;
  }

  loadDays(ranges: readonly SiteRange[]): void {
    this.#open?.days.load(ranges);
  }

  async #follow(api: BackfillApi, signal: AbortSignal): Promise<void> {
    const { sleep } = this.#browser;
    for await (const update of followStatus({ events: api.events, status: api.status, sleep }, signal)) {
      if (update.kind === "unauthorized") return this.signOut("The API key is no longer accepted.");
      this.receive(update);
    }
  }

  #dayLoader(api: BackfillApi, signal: AbortSignal) {
    const sleep = (ms: number) => this.#browser.sleep(ms, signal);
    return new DayLoader({ days: (range) => api.days(range), sleep }, (site, result) => {
      if (signal.aborted) return "stop";
      if (result.ok) {
        this.#store.dispatch({ type: "days", site, days: result.body.days });
        return "done";
      }
      if (this.endIfUnauthorized(result.error)) return "stop";
      this.#store.dispatch({ type: "days-error", site, why: result.error.message });
      return result.error.status === 400 ? "done" : "retry";
    });
  }
}
