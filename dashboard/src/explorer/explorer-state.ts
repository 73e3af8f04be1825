import type { Aggregate, Cost, Interval, PointsAnswer } from "../../../src/contract/query.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { NO_MEANINGS, type PointMeanings } from "./point-meaning.ts";
import type { Series } from "./series.ts";
import { autoInterval, clampSpan, daysEndingOn, isAllowed, type Span } from "./span.ts";

/** The samples of a chart, with what was requested. */
export interface Chart {
  readonly site: string;
  readonly point: string;
  readonly span: Span;
  readonly interval: Interval;
  readonly agg: Aggregate;
  readonly series: Series;
  readonly missingDays: readonly string[];
  /** There are more rows than a chart loads: the series ends early. */
  readonly truncated: boolean;
  readonly cost: Pick<Cost, "bytes_read" | "r2_requests" | "query_time_ms">;
}

/** The explorer: it lists points and shows their samples, from the Query Worker. */
export interface ExplorerState {
  readonly access: "closed" | "checking" | "open";
  readonly site: string | undefined;
  /** The day whose points are listed. */
  readonly day: UtcDay | undefined;
  /** The points of that day; undefined until they are loaded. */
  readonly names: readonly string[] | undefined;
  /** What these points mean, by name. */
  readonly meanings: PointMeanings;
  /** What is archived of that day: a missing day says nothing of its points. */
  readonly dayState: PointsAnswer["state"] | undefined;
  readonly search: string;
  readonly point: string | undefined;
  readonly span: Span | undefined;
  readonly intervalChoice: Interval | "auto";
  readonly agg: Aggregate;
  readonly loadingPoints: boolean;
  readonly loadingSamples: boolean;
  readonly error: string | undefined;
  readonly chart: Chart | undefined;
}

export const NO_EXPLORER: ExplorerState = {
  access: "closed",
  site: undefined,
  day: undefined,
  names: undefined,
  meanings: NO_MEANINGS,
  dayState: undefined,
  search: "",
  point: undefined,
  span: undefined,
  intervalChoice: "auto",
  agg: "avg",
  loadingPoints: false,
  loadingSamples: false,
  error: undefined,
  chart: undefined,
};

/** What an operator has chosen in the explorer: it is in the page's address. */
export type ExplorerChoices = Pick<
  ExplorerState,
  "site" | "day" | "search" | "point" | "span" | "intervalChoice" | "agg"
>;

export function choicesOf({
  site,
  day,
  search,
  point,
  span,
  intervalChoice,
  agg,
}: ExplorerState): ExplorerChoices {
  return { site, day, search, point, span, intervalChoice, agg };
}

export const NO_CHOICES: ExplorerChoices = choicesOf(NO_EXPLORER);

export type ExplorerAction =
  | { readonly type: "restored"; readonly choices: ExplorerChoices }
  | { readonly type: "access"; readonly access: ExplorerState["access"]; readonly error?: string }
  | { readonly type: "day"; readonly site: string; readonly day: UtcDay }
  /** A site is chosen that has no archived day to list. */
  | { readonly type: "site"; readonly site: string }
  | { readonly type: "points-requested"; readonly site: string; readonly day: UtcDay }
  | {
      readonly type: "points";
      readonly names: readonly string[];
      readonly meanings: PointMeanings;
      readonly dayState: PointsAnswer["state"];
    }
  | { readonly type: "search"; readonly search: string }
  | { readonly type: "point"; readonly point: string }
  | { readonly type: "span"; readonly span: Span }
  | { readonly type: "interval"; readonly choice: ExplorerState["intervalChoice"] }
  | { readonly type: "agg"; readonly agg: Aggregate }
  | { readonly type: "samples-requested" }
  | { readonly type: "chart"; readonly chart: Chart }
  | { readonly type: "failed"; readonly what: "points" | "samples"; readonly error: string };

export function reduceExplorer(explorer: ExplorerState, action: ExplorerAction): ExplorerState {
  switch (action.type) {
    case "restored":
      return withChoices(explorer, action.choices);
    case "access": {
      const { access, error } = action;
      if (access !== "closed") return { ...explorer, access, error };
      // A key that is mistyped at sign-in leaves what the address says; one that ends removes all that was shown.
      return { ...NO_EXPLORER, ...(explorer.access === "checking" ? choicesOf(explorer) : {}), error };
    }
    case "day":
      return { ...withSiteDay(explorer, action), ...NO_POINT, span: undefined };
    case "site":
      return {
        ...withSiteDay(explorer, { site: action.site, day: undefined }),
        loadingPoints: false,
        error: undefined,
      };
    case "points-requested":
      return { ...withSiteDay(explorer, action), loadingPoints: true, error: undefined };
    case "points":
      return {
        ...explorer,
        ...{
          names: action.names,
          meanings: action.meanings,
          dayState: action.dayState,
          loadingPoints: false,
        },
      };
    case "search":
      return { ...explorer, search: action.search };
    case "point":
      return {
        ...explorer,
        ...NO_POINT,
        point: action.point,
        span: explorer.span ?? (explorer.day && daysEndingOn(explorer.day, 1)),
      };
    case "span":
      return withAllowedInterval({ ...explorer, span: clampSpan(action.span) });
    case "interval":
      return { ...explorer, intervalChoice: action.choice };
    case "agg":
      return { ...explorer, agg: action.agg };
    case "samples-requested":
      return { ...explorer, loadingSamples: true, error: undefined };
    case "chart":
      return { ...explorer, loadingSamples: false, chart: action.chart };
    case "failed":
      return action.what === "points"
        ? { ...explorer, loadingPoints: false, error: action.error }
        : { ...explorer, loadingSamples: false, chart: undefined, error: action.error };
    default:
      return action satisfies never;
  }
}

/** The interval that is requested. */
export function intervalOf({ intervalChoice, span }: ExplorerState): Interval {
  return intervalChoice === "auto" ? (span ? autoInterval(span) : "raw") : intervalChoice;
}

/** Resets the interval to auto when the span is too long for the chosen one. */
function withAllowedInterval(explorer: ExplorerState): ExplorerState {
  const { intervalChoice, span } = explorer;
  return intervalChoice !== "auto" && span && !isAllowed(intervalChoice, span)
    ? { ...explorer, intervalChoice: "auto" }
    : explorer;
}

/** A list of the same day stays; the rest is to be loaded. */
function withChoices(explorer: ExplorerState, choices: ExplorerChoices): ExplorerState {
  const { site, day, point } = choices;
  const kept =
    site === explorer.site && day === explorer.day ? explorer : withSiteDay(explorer, { site, day });
  const span = choices.span ?? (point !== undefined && day ? daysEndingOn(day, 1) : undefined);
  return { ...kept, ...NO_POINT, error: undefined, ...choices, span };
}

/** What belongs to one point of one site. */
const NO_POINT = { point: undefined, loadingSamples: false, chart: undefined };

/** Another site removes the chart, because its points may have the same names, and another day of it the span. */
function withSiteDay(
  explorer: ExplorerState,
  { site, day }: Pick<ExplorerState, "site" | "day">,
): ExplorerState {
  const span = day === explorer.day ? explorer.span : undefined;
  const kept = site === explorer.site ? explorer : { ...explorer, ...NO_POINT, span };
  return { ...kept, site, day, names: undefined, meanings: NO_MEANINGS, dayState: undefined };
}

/**
 * The likely URL of the Query Worker: beside this Worker under the name in its toml, or on the port of `npm start`. It is
 * only proposed; no request is sent before the operator confirms it.
 */
export function proposedQueryUrl(origin: string): string {
  const url = new URL(origin);
  if (url.hostname.includes("backfill")) return origin.replace("backfill", "query");
  return url.port === "8787" ? `${url.protocol}//${url.hostname}:8789` : "";
}
