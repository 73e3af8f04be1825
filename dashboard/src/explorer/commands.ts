import type { UtcDay } from "../../../src/domain/day.ts";
import { type Call, callerOf, type Fault } from "../api/answer.ts";
import { keptToken } from "../api/kept-token.ts";
import { latest } from "../api/latest.ts";
import type { Place } from "../calendar/days.ts";
import type { Surroundings } from "../state/session.ts";
import type { Store } from "../state/store.ts";
import { type ExplorerAction, intervalOf, proposedQueryUrl } from "./explorer.ts";
import { pointsOf, samplesOf } from "./query-api.ts";
import { seriesOf } from "./series.ts";

export type ExplorerCommands = ReturnType<typeof explorerCommandsOf>;

/** What is asked of the Query Worker, which is another origin with a token of its own. */
export function explorerCommandsOf(store: Store, { fetch, keep, origin }: Surroundings) {
  const [url, token] = [keptToken(keep, "query-url"), keptToken(keep, "query-token")];
  let call: Call | undefined;
  const [lists, drawings] = [latest(), latest()];
  const tell = (action: ExplorerAction) => store.dispatch({ type: "explorer", action });

  function forget(): void {
    lists.end();
    drawings.end();
    token.forget();
    call = undefined;
  }

  function refused(what: "listing" | "drawing", fault: Fault): void {
    if (fault.status !== 401 && fault.status !== 403) {
      tell({ type: "refused", what, refusal: fault.message });
      return;
    }
    forget();
    tell({ type: "access", access: "closed", refusal: fault.message });
  }

  async function listPoints(site: string, day: UtcDay): Promise<void> {
    if (!call) return;
    if (site !== store.state.explorer.site) drawings.end();
    tell({ type: "points-asked", site, day });
    const signal = lists.next();
    const answer = await pointsOf(call, site, day, signal);
    if (signal.aborted) return;
    if (!answer.ok) return refused("listing", answer.fault);
    tell({ type: "points", names: answer.body.points.map((point) => point.point_name) });
  }

  async function draw(): Promise<void> {
    const { site, point, span, agg } = store.state.explorer;
    if (!call || !site || !point || !span) return;
    const interval = intervalOf(store.state.explorer);
    const signal = drawings.next();
    tell({ type: "samples-asked" });
    const answer = await samplesOf(call, { site, point, span, interval, agg }, signal);
    if (signal.aborted) return;
    if (!answer.ok) return refused("drawing", answer.fault);
    const { samples, ...rest } = answer.body;
    const series = seriesOf(samples, interval, rest.missingDays);
    tell({ type: "chart", chart: { site, point, span, interval, agg, series, ...rest } });
  }

  async function signIn(base: string, secret: string): Promise<void> {
    tell({ type: "access", access: "checking" });
    const trial = callerOf(fetch, base, secret);
    const signal = lists.next();
    // The cheapest question that needs the token: a day long before any.
    const answer = await trial("GET", "/timeseries/days", {
      query: { site_name: "any", from: "1970-01-01", to: "1970-01-01" },
      signal,
    });
    if (signal.aborted) return;
    if (!answer.ok) {
      const hint =
        answer.fault.status === 0 ? ` Does its ALLOWED_ORIGINS name ${origin}, and is its URL right?` : "";
      return tell({ type: "access", access: "closed", refusal: `${answer.fault.message}.${hint}` });
    }
    url.write(base);
    token.write(secret);
    call = trial;
    tell({ type: "access", access: "open" });
    const { site, day } = store.state.explorer;
    if (site && day) await listPoints(site, day);
  }

  return {
    /** What the field of its URL holds at first. */
    proposedUrl: () => url.read() ?? proposedQueryUrl(origin),

    resume(): void {
      const [base, secret] = [url.read(), token.read()];
      if (base === undefined || secret === undefined) return;
      call = callerOf(fetch, base, secret);
      tell({ type: "access", access: "open" });
    },

    signIn,
    listPoints,
    /** With the session that it was seen in, the key goes as well, and what is still asked for. */
    forget,

    /** From a day of the calendar to its samples. */
    show({ site, day }: Place): void {
      drawings.end();
      tell({ type: "day", site, day });
      location.hash = "explorer";
      void listPoints(site, day);
    },

    /** Takes a change, and draws what it asks for. */
    async change(
      action: Extract<ExplorerAction, { type: "point" | "span" | "choice" | "agg" }>,
    ): Promise<void> {
      tell(action);
      await draw();
    },

    search: (search: string) => tell({ type: "search", search }),
  };
}
