import { addDays, utcDayOf } from "../../../src/domain/day.ts";
import type { Fault } from "../api/answer.ts";
import { type BackfillApi, backfillApi, type SiteRange } from "../api/backfill-api.ts";
import { follow, type Heard } from "../api/follow.ts";
import { type Keep, keptToken } from "../api/kept-token.ts";
import { staleDays } from "../calendar/refresh.ts";
import { DayLoader } from "./day-loader.ts";
import { sitesOf } from "./state.ts";
import type { Store } from "./store.ts";

/** What the page takes from the browser. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly keep: Keep;
  /** Of this page. */
  readonly origin: string;
  now(): number;
  /** Ends early where the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The time between a token that is taken and the one that is not any more. */
export class Session {
  readonly #store: Store;
  readonly #around: Surroundings;
  readonly #ended: () => void;
  readonly #token;
  #open:
    | { readonly api: BackfillApi; readonly days: { ask(ranges: readonly SiteRange[]): void } }
    | undefined;
  #end = new AbortController();

  /** `ended` is called when the session ends: what else knows a secret forgets it with this one. */
  constructor(store: Store, around: Surroundings, ended: () => void) {
    this.#store = store;
    this.#around = around;
    this.#ended = ended;
    this.#token = keptToken(around.keep, "backfill-token");
  }

  /** undefined while nobody is signed in. */
  get api(): BackfillApi | undefined {
    return this.#open?.api;
  }

  /** Goes on with the token of this tab, if it has one. */
  async resume(): Promise<void> {
    const token = this.#token.read();
    if (token !== undefined) await this.signIn(token);
  }

  async signIn(token: string): Promise<void> {
    const { dispatch } = this.#store;
    dispatch({ type: "session", session: { kind: "checking" } });
    const api = backfillApi(this.#around.fetch, token);
    // A dry run of one day: it says whether the token is good, which sites there are, and what the limit is.
    const planned = await api.planOfAll(addDays(utcDayOf(this.#around.now()), -1));
    if (!planned.ok) return this.#notSignedIn(token, planned.fault);
    this.#token.write(token);
    const { sites, requests_per_minute: requestsPerMinute } = planned.body;
    this.#end = new AbortController();
    this.#open = { api, days: this.#dayLoader(api, this.#end.signal) };
    dispatch({
      type: "session",
      session: { kind: "open", sites: sites.map(({ site }) => site), requestsPerMinute },
    });
    this.askForDays(sitesOf(this.#store.state).map((site) => ({ site })));
    void this.#follow(api, this.#end.signal);
  }

  signOut(why?: string): void {
    this.#end.abort();
    this.#open = undefined;
    this.#token.forget();
    this.#ended();
    this.#store.dispatch({ type: "session", session: { kind: "locked", why } });
  }

  /** A Worker that could not be asked has not refused the token: a reload may find it back. */
  #notSignedIn(token: string, fault: Fault): void {
    if (this.endedBy(fault)) return;
    const kept = token === this.#token.read() ? " This tab keeps the token: reload to try again." : "";
    this.#store.dispatch({ type: "session", session: { kind: "locked", why: `${fault.message}.${kept}` } });
  }

  /** Takes what is heard, and asks for the days that it makes old. */
  hear(heard: Heard): void {
    const before = this.#store.state.live.status;
    this.#store.dispatch({ type: "heard", heard, at: this.#around.now() });
    const after = this.#store.state.live.status;
    if (after && after !== before) this.askForDays(staleDays(before, after));
  }

  /** Ends the session where the Worker doesn't take the token any more. */
  endedBy(fault: Fault): boolean {
    const ended = fault.status === 401 || fault.status === 403;
    if (ended) this.signOut(fault.message);
    return ended;
  }

  askForDays(ranges: readonly SiteRange[]): void {
    this.#open?.days.ask(ranges);
  }

  async #follow(api: BackfillApi, signal: AbortSignal): Promise<void> {
    const { sleep } = this.#around;
    for await (const heard of follow({ events: api.events, status: api.status, sleep }, signal)) {
      if (heard.kind === "refused") return this.signOut("The token is not taken any more.");
      this.hear(heard);
    }
  }

  #dayLoader(api: BackfillApi, signal: AbortSignal) {
    const sleep = (ms: number) => this.#around.sleep(ms, signal);
    return new DayLoader({ days: (range) => api.days(range), sleep }, (site, answer) => {
      if (signal.aborted) return "stop";
      if (answer.ok) {
        this.#store.dispatch({ type: "days", site, days: answer.body.days });
        return "taken";
      }
      if (this.endedBy(answer.fault)) return "stop";
      this.#store.dispatch({ type: "days-unread", site, why: answer.fault.message });
      return answer.fault.status === 400 ? "taken" : "again";
    });
  }
}
