import { parseUtcDay, type UtcDay } from "../../../src/domain/day.ts";
import {
  AGGREGATES,
  type ExplorerChoices,
  INTERVALS,
  isAllowed,
  NO_CHOICES,
  type Span,
} from "../explorer/explorer.tsx";
import type { DayRange, SiteDay } from "../ranges.ts";
import type { View } from "../store/store.ts";

/** What the page's address says: everything that an operator has chosen to see, but no key. */
export interface Address {
  readonly view: View;
  /** The open day. */
  readonly day: SiteDay | undefined;
  readonly selection: DayRange | undefined;
  readonly explorer: ExplorerChoices;
}

/** The part of the URL from "#" on: "#explorer?points_site=a&point=b"; empty where nothing is chosen. */
export function hashOf({ view, day, selection, explorer }: Address): string {
  const { span, intervalChoice, agg } = explorer;
  const chosen: [string, string | undefined][] = [
    ["day", day?.day],
    ["day_site", day?.site],
    ["from", selection?.from],
    ["to", selection?.to],
    ...(selection?.sites ?? []).map((site): [string, string] => ["site", site]),
    ["points_site", explorer.site],
    ["points_day", explorer.day],
    ["search", explorer.search || undefined],
    ["point", explorer.point],
    ["start", span && new Date(span.fromMs).toISOString()],
    ["end", span && new Date(span.toMs).toISOString()],
    ["interval", intervalChoice === NO_CHOICES.intervalChoice ? undefined : intervalChoice],
    ["agg", agg === NO_CHOICES.agg ? undefined : agg],
  ];
  const query = new URLSearchParams(
    chosen.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (query.size > 0) return `#${view}?${query}`;
  return view === "backfill" ? "" : `#${view}`;
}

/** Reads a hash. Ignores what is not valid, and what names a site that is not one of `sites`. */
export function parseHash(hash: string, sites: readonly string[]): Address {
  const [, view = "", search = ""] = /^#?([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const query = new URLSearchParams(search);
  const site = (name: string) => sites.find((known) => known === query.get(name));
  return {
    view: view === "explorer" || view === "live" ? view : "backfill",
    day: siteDayOf(site("day_site"), dayOf(query.get("day"))),
    selection: selectionOf(query, sites),
    explorer: choicesOf(query, site("points_site")),
  };
}

/** Only days in the form that the page writes: years before 1970 and after 9999 have no calendar. */
function dayOf(text: string | null): UtcDay | undefined {
  const day = parseUtcDay(text ?? "");
  return day && day >= "1970-01-01" && day <= "9999-12-31" ? day : undefined;
}

const siteDayOf = (site: string | undefined, day: UtcDay | undefined) =>
  site !== undefined && day ? { site, day } : undefined;

/** A year that is far from now would draw a calendar of thousands of years. */
const RANGE_YEARS_MAX = 100;

function selectionOf(query: URLSearchParams, sites: readonly string[]): DayRange | undefined {
  const [from, to] = [dayOf(query.get("from")), dayOf(query.get("to"))];
  const named = query.getAll("site");
  const known = sites.filter((site) => named.includes(site));
  if (!from || !to || from > to || known.length === 0) return undefined;
  return Number(to.slice(0, 4)) <= 1970 + RANGE_YEARS_MAX ? { from, to, sites: known } : undefined;
}

function choicesOf(query: URLSearchParams, site: string | undefined): ExplorerChoices {
  if (site === undefined) return NO_CHOICES;
  const span = spanOf(query.get("start"), query.get("end"));
  const interval = INTERVALS.find((known) => known === query.get("interval"));
  return {
    site,
    day: dayOf(query.get("points_day")),
    search: query.get("search") ?? "",
    point: query.get("point") || undefined,
    span,
    intervalChoice: interval && (!span || isAllowed(interval, span)) ? interval : NO_CHOICES.intervalChoice,
    agg: AGGREGATES.find((known) => known === query.get("agg")) ?? NO_CHOICES.agg,
  };
}

function spanOf(start: string | null, end: string | null): Span | undefined {
  const [fromMs, toMs] = [instantOf(start), instantOf(end)];
  return fromMs !== undefined && toMs !== undefined && fromMs < toMs ? { fromMs, toMs } : undefined;
}

/** Only the form that the page writes, from 1970 to 9999. */
function instantOf(text: string | null): number | undefined {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return ms >= 0 ? ms : undefined;
}
