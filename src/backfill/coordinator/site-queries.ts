import { raceTimeout, withTimeout } from "../../concurrency/concurrency.ts";
import type { AuditOutcome, FoundErrors, SiteUnavailable } from "../../contract/api.ts";
import {
  type DaySelection,
  type DayView,
  type ErrorView,
  exampleChars,
  type SiteSummary,
} from "../../contract/backfill.ts";
import type { SiteName } from "../../domain/site.ts";
import {
  type AuditRequest,
  type Job,
  jobReport,
  type Reports,
  type SiteAnswer,
  type SiteQuery,
} from "../job/job.ts";
import type { Clock, SitePeer } from "../ports.ts";

/** A query without an answer in this time fails, so that one site does not keep a caller waiting. */
const ANSWER_MS_MAX = 20_000;

/** A site did not answer, or not in time. */
export class SiteUnreachable extends Error {
  readonly kind = "site-unreachable";
  readonly site: SiteName;
  constructor(site: SiteName, options: ErrorOptions) {
    super(`site ${site} does not answer`, options);
    this.site = site;
  }
}

/** The answer, or the site that did not answer, as a value: between objects an error keeps only its message. */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T | SiteUnavailable> {
  try {
    return await answer;
  } catch (fault) {
    if (fault instanceof SiteUnreachable) return { kind: "site-unavailable", site: fault.site };
    throw fault;
  }
}

/** The sites as the Coordinator queries them. */
export interface Sites {
  readonly clock: Clock;
  site(name: SiteName): SitePeer;
}

export function querySites(
  sites: Sites,
  names: readonly SiteName[],
  query: SiteQuery,
): Promise<SiteAnswer[]> {
  return Promise.all(names.map((name) => querySite(sites, name, query)));
}

export function querySite(sites: Sites, name: SiteName, query: SiteQuery): Promise<SiteAnswer> {
  return callSite(sites, name, (site) => site.read(query));
}

export function callSite<T>(
  { clock, site }: Sites,
  name: SiteName,
  call: (site: SitePeer) => Promise<T>,
): Promise<T> {
  return withTimeout(clock, ANSWER_MS_MAX, () => call(site(name))).catch((cause: unknown) => {
    throw new SiteUnreachable(name, { cause });
  });
}

/** What is archived of each site, with its state in the job; null for a site that the job does not name. */
export async function querySummaries(
  sites: Sites,
  names: readonly SiteName[],
  job: Job | undefined,
  reports: Reports,
): Promise<SiteSummary[]> {
  const answers = await querySites(sites, names, { kind: "archived" });
  return names.flatMap((site, index) => {
    const archived = answers[index]?.archived;
    const state = job?.sites.includes(site)
      ? (jobReport(job, reports.get(site))?.view.state ?? "pending")
      : null;
    return archived ? [{ site, state, ...archived }] : [];
  });
}

type Range = Omit<DaySelection, "site">;

/**
 * Characters of JSON that the examples of dropped rows may take in one answer. With names of 60 characters a day has
 * at most 4 KB of them, but hostile names take 55 KB: 4,000 such days would not fit into an isolate.
 */
export const EXAMPLE_CHARS_MAX = 2_000_000;

/** The first `limit` days by site, then day. Sites are queried one after another, so that memory stays bounded. */
export async function queryDays(
  sites: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
): Promise<DayView[]> {
  const found: DayView[] = [];
  let exampleCharsMax = EXAMPLE_CHARS_MAX;
  for (const name of names) {
    if (found.length === limit) break;
    const query = { kind: "days", ...range, limit: limit - found.length, exampleCharsMax } as const;
    const { days = [] } = await querySite(sites, name, query);
    found.push(...days);
    for (const { evidence } of days) exampleCharsMax -= evidence ? exampleChars(evidence) : 0;
  }
  return found;
}

/** Each site answers with at most `limit` errors: a thousand of a kilobyte. */
const SITES_AT_ONCE = 4;

/**
 * The newest `limit` errors of all sites and of `others`, newest first. Sites without an answer in time are named
 * instead.
 */
export async function queryErrors(
  sites: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
  others: readonly ErrorView[],
): Promise<FoundErrors> {
  let newest = [...others];
  const answered = new Set<SiteName>();
  const left = [...names];
  const queryOneByOne = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const query = { kind: "errors", ...range, limit } as const;
      const answer = await querySite(sites, name, query).catch(() => undefined);
      if (!answer) continue;
      answered.add(name);
      const { errors = [] } = answer;
      newest = [...newest, ...errors].sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1)).slice(0, limit);
    }
  };
  const queries = Promise.all(Array.from({ length: SITES_AT_ONCE }, queryOneByOne));
  await raceTimeout(sites.clock, ANSWER_MS_MAX, queries);
  // The remaining sites are not queried any more.
  left.length = 0;
  return { errors: newest, sites_unavailable: names.filter((name) => !answered.has(name)) };
}

export async function startAudits(
  sites: Sites,
  names: readonly SiteName[],
  request: AuditRequest,
): Promise<AuditOutcome> {
  const calls = names.map((name) => callSite(sites, name, (site) => site.audit(request)));
  const answers = await Promise.all(calls);
  return answers.includes("started") ? { kind: "started", sites: names } : { kind: "audit-running" };
}
