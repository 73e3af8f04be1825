import type { UtcDay } from "../../../src/domain/day.ts";
import { type Browser, storedValue } from "../browser.ts";
import type { SiteDay } from "../ranges.ts";
import { type ApiError, latestRequest, type WorkerClient, workerClient } from "../worker-api/worker-api.ts";
import {
  type ExplorerAction,
  type ExplorerChoices,
  type ExplorerState,
  intervalOf,
  proposedQueryUrl,
} from "./explorer-state.ts";
import { meaningsOf } from "./point-meaning.ts";
import { fetchPoints, fetchSamples } from "./query-api.ts";
import { seriesOf } from "./series.ts";
import type { Span } from "./span.ts";

export type ExplorerCommands = ReturnType<typeof explorerCommands>;

/** The explorer's part of the page's store. */
interface ExplorerStore {
  readonly state: ExplorerState;
  dispatch(action: ExplorerAction): void;
}

/** What an operator can do in the explorer. The Query Worker has another origin than this page, and another token. */
export function explorerCommands(store: ExplorerStore, { fetch, storage, origin }: Browser) {
  const [url, token] = [storedValue(storage, "query-url"), storedValue(storage, "query-token")];
  let client: WorkerClient | undefined;
  const [pointRequests, sampleRequests] = [latestRequest(), latestRequest()];
  const { dispatch } = store;

  function signOut(): void {
    pointRequests.abort();
    sampleRequests.abort();
    token.remove();
    client = undefined;
  }

  function failed(what: "points" | "samples", error: ApiError): void {
    if (error.status !== 401 && error.status !== 403) {
      dispatch({ type: "failed", what, error: error.message });
      return;
    }
    signOut();
    dispatch({ type: "access", access: "closed", error: error.message });
  }

  /** Lists the points of the day; without a day it shows that the site has none to list. */
  async function listPoints(site: string, day: UtcDay | undefined): Promise<void> {
    if (!client) return;
    if (site !== store.state.site) sampleRequests.abort();
    if (!day) {
      pointRequests.abort();
      return dispatch({ type: "site", site });
    }
    dispatch({ type: "points-requested", site, day });
    const signal = pointRequests.next();
    const result = await fetchPoints(client, site, day, signal);
    if (signal.aborted) return;
    if (!result.ok) return failed("points", result.error);
    const { points, state } = result.body;
    const names = points.map((point) => point.point_name);
    dispatch({ type: "points", names, meanings: meaningsOf(points), dayState: state });
  }

  async function loadSamples(): Promise<void> {
    const { site, point, span, agg } = store.state;
    if (!client || !site || !point || !span) return;
    const interval = intervalOf(store.state);
    const signal = sampleRequests.next();
    dispatch({ type: "samples-requested" });
    const result = await fetchSamples(client, { site, point, span, interval, agg }, signal);
    if (signal.aborted) return;
    if (!result.ok) return failed("samples", result.error);
    const { samples, ...rest } = result.body;
    const series = seriesOf(samples, interval, rest.missingDays);
    dispatch({ type: "chart", chart: { site, point, span, interval, agg, series, ...rest } });
  }

  /** Loads what is chosen and not shown yet. */
  async function load(): Promise<void> {
    const { site, day, names } = store.state;
    await Promise.all([site && day && !names ? listPoints(site, day) : undefined, loadSamples()]);
  }

  async function signIn(base: string, secret: string): Promise<void> {
    dispatch({ type: "access", access: "checking" });
    const candidate = workerClient(fetch, base, secret);
    const signal = pointRequests.next();
    // The cheapest request that needs the token: a day without data.
    const result = await candidate("GET", "/timeseries/days", {
      query: { site_name: "any", from: "1970-01-01", to: "1970-01-01" },
      signal,
    });
    if (signal.aborted) return;
    if (!result.ok) {
      const hint =
        result.error.status === 0 ? ` Check the URL, and that its ALLOWED_ORIGINS includes ${origin}.` : "";
      return dispatch({ type: "access", access: "closed", error: `${result.error.message}.${hint}` });
    }
    url.write(base);
    token.write(secret);
    client = candidate;
    dispatch({ type: "access", access: "open" });
    await load();
  }

  return {
    /** The URL that the sign-in form proposes. */
    proposedUrl: () => url.read() ?? proposedQueryUrl(origin),

    /** Signs in with the URL and the token that this tab stores, if there are any. */
    resume(): void {
      const [base, secret] = [url.read(), token.read()];
      if (base === undefined || secret === undefined) return;
      client = workerClient(fetch, base, secret);
      dispatch({ type: "access", access: "open" });
    },

    signIn,
    listPoints,
    /** Removes the token and aborts all requests; called when the session ends. */
    signOut,

    /** Shows what an address says. */
    restore(choices: ExplorerChoices): void {
      pointRequests.abort();
      sampleRequests.abort();
      dispatch({ type: "restored", choices });
      void load();
    },

    /** Shows the points of a day. */
    showDay({ site, day }: SiteDay): void {
      sampleRequests.abort();
      dispatch({ type: "day", site, day });
      void listPoints(site, day);
    },

    /** Applies a choice, and loads the samples that it needs. */
    async choose(
      action: Extract<ExplorerAction, { type: "point" | "span" | "interval" | "agg" }>,
    ): Promise<void> {
      dispatch(action);
      await loadSamples();
    },

    /** Changes the span as it is now, so that two fast clicks move it twice. */
    async moveSpan(move: (span: Span) => Span): Promise<void> {
      const { span } = store.state;
      if (!span) return;
      dispatch({ type: "span", span: move(span) });
      await loadSamples();
    },

    search: (search: string) => dispatch({ type: "search", search }),
  };
}
