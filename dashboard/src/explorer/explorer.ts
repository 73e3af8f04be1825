import type { Aggregate, Cost, Interval } from "../../../src/contract/query.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import { fittingInterval, isBearable } from "./interval.ts";
import type { Series } from "./series.ts";
import { bounded, daysUpTo, type Span } from "./span.ts";

/** What is drawn, and what it was asked by. */
export interface Chart {
  readonly site: string;
  readonly point: string;
  readonly span: Span;
  readonly interval: Interval;
  readonly agg: Aggregate;
  readonly series: Series;
  readonly missingDays: readonly string[];
  /** The series ends early: more rows than a page of this kind can hold. */
  readonly cut: boolean;
  readonly cost: Pick<Cost, "bytes_read" | "r2_requests" | "query_time_ms">;
}

/** A look at the samples, through the Query Worker. */
export interface Explorer {
  readonly access: "closed" | "checking" | "open";
  readonly site: string | undefined;
  /** The day whose points are listed. */
  readonly day: UtcDay | undefined;
  /** undefined until they were heard. */
  readonly names: readonly string[] | undefined;
  readonly search: string;
  readonly point: string | undefined;
  readonly span: Span | undefined;
  readonly choice: Interval | "auto";
  readonly agg: Aggregate;
  /** Which answers are awaited. */
  readonly listing: boolean;
  readonly drawing: boolean;
  readonly refusal: string | undefined;
  readonly chart: Chart | undefined;
}

export const NO_EXPLORER: Explorer = {
  access: "closed",
  site: undefined,
  day: undefined,
  names: undefined,
  search: "",
  point: undefined,
  span: undefined,
  choice: "auto",
  agg: "avg",
  listing: false,
  drawing: false,
  refusal: undefined,
  chart: undefined,
};

export type ExplorerAction =
  | { readonly type: "access"; readonly access: Explorer["access"]; readonly refusal?: string }
  | { readonly type: "day"; readonly site: string; readonly day: UtcDay }
  | { readonly type: "points-asked"; readonly site: string; readonly day: UtcDay }
  | { readonly type: "points"; readonly names: readonly string[] }
  | { readonly type: "search"; readonly search: string }
  | { readonly type: "point"; readonly point: string }
  | { readonly type: "span"; readonly span: Span }
  | { readonly type: "choice"; readonly choice: Explorer["choice"] }
  | { readonly type: "agg"; readonly agg: Aggregate }
  | { readonly type: "samples-asked" }
  | { readonly type: "chart"; readonly chart: Chart }
  | { readonly type: "refused"; readonly what: "listing" | "drawing"; readonly refusal: string };

export function explore(explorer: Explorer, action: ExplorerAction): Explorer {
  switch (action.type) {
    case "access":
      return action.access === "closed"
        ? { ...NO_EXPLORER, refusal: action.refusal }
        : { ...explorer, access: action.access, refusal: action.refusal };
    case "day":
      return { ...withPlace(explorer, action), ...NOTHING_DRAWN, span: undefined };
    case "points-asked":
      return { ...withPlace(explorer, action), listing: true, refusal: undefined };
    case "points":
      return { ...explorer, names: action.names, listing: false };
    case "search":
      return { ...explorer, search: action.search };
    case "point":
      return {
        ...explorer,
        ...NOTHING_DRAWN,
        point: action.point,
        span: explorer.span ?? (explorer.day && daysUpTo(explorer.day, 1)),
      };
    case "span":
      return withChoice({ ...explorer, span: bounded(action.span) });
    case "choice":
      return { ...explorer, choice: action.choice };
    case "agg":
      return { ...explorer, agg: action.agg };
    case "samples-asked":
      return { ...explorer, drawing: true, refusal: undefined };
    case "chart":
      return { ...explorer, drawing: false, chart: action.chart };
    case "refused":
      return action.what === "listing"
        ? { ...explorer, listing: false, refusal: action.refusal }
        : { ...explorer, drawing: false, chart: undefined, refusal: action.refusal };
    default:
      return action satisfies never;
  }
}

/** The interval that is asked for. */
export function intervalOf({ choice, span }: Explorer): Interval {
  return choice === "auto" ? (span ? fittingInterval(span) : "raw") : choice;
}

/** A choice that a longer span can't bear is given up. */
function withChoice(explorer: Explorer): Explorer {
  const { choice, span } = explorer;
  return choice !== "auto" && span && !isBearable(choice, span) ? { ...explorer, choice: "auto" } : explorer;
}

/** What belongs to one point of one site. */
const NOTHING_DRAWN = { point: undefined, drawing: false, chart: undefined };

/** Two sites may have points of one name: what is drawn does not outlive its site. */
function withPlace(explorer: Explorer, { site, day }: { site: string; day: UtcDay }): Explorer {
  const kept = site === explorer.site ? explorer : { ...explorer, ...NOTHING_DRAWN };
  return { ...kept, site, day, names: undefined };
}

/**
 * Where the Query Worker is likely to be, proposed and never asked unbidden: beside this Worker under the name that its
 * own toml gives it, or on the port that `npm start` gives it.
 */
export function proposedQueryUrl(origin: string): string {
  const url = new URL(origin);
  if (url.hostname.includes("backfill")) return origin.replace("backfill", "query");
  return url.port === "8787" ? `${url.protocol}//${url.hostname}:8789` : "";
}
