import type { AuditOutcome } from "../contract/api.ts";
import type { DayView, ErrorView, Plan, StartRequest } from "../contract/backfill.ts";
import type { Config } from "../domain/config.ts";
import type { SiteName } from "../domain/site.ts";
import type { AuditRequest, SiteAnswer, SiteQuery } from "./job.ts";
import { planOf } from "./plan-range.ts";
import type { SitePeer } from "./ports.ts";

/** Questions that only the sites can answer; the Coordinator passes them on and puts the answers together. */
export interface Sites {
  site(name: SiteName): SitePeer;
}

export function askSites(
  { site }: Sites,
  names: readonly SiteName[],
  query: SiteQuery,
): Promise<SiteAnswer[]> {
  return Promise.all(names.map((name) => site(name).read(query)));
}

export async function askForPlan(peers: Sites, config: Config, request: StartRequest): Promise<Plan> {
  const { start_date: from, end_date: to, force_restart: force } = request;
  const sites = request.sites ?? config.sites;
  const answers = await askSites(peers, sites, { kind: "estimate", from, to, force });
  const estimates = sites.map((site, index) => ({ site, estimate: answers[index]?.estimate }));
  return planOf(from, to, config, estimates);
}

type Range = Pick<Extract<SiteQuery, { kind: "days" | "errors" }>, "from" | "to">;

// Both ask one site after another: what is held is bounded by the limit, and not by the number of sites.

/** The first `limit` days, in order of site, then day. */
export async function askForDays(
  { site }: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
): Promise<DayView[]> {
  const found: DayView[] = [];
  for (const name of names) {
    if (found.length === limit) break;
    const answer = await site(name).read({ kind: "days", ...range, limit: limit - found.length });
    found.push(...(answer.days ?? []));
  }
  return found;
}

/** The newest `limit` errors of all sites, newest first. */
export async function askForErrors(
  { site }: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
): Promise<ErrorView[]> {
  let newest: ErrorView[] = [];
  for (const name of names) {
    const { errors = [] } = await site(name).read({ kind: "errors", ...range, limit });
    newest = [...newest, ...errors].sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1)).slice(0, limit);
  }
  return newest;
}

export async function beginAudits(
  { site }: Sites,
  names: readonly SiteName[],
  request: Omit<AuditRequest, "site">,
): Promise<AuditOutcome> {
  const answers = await Promise.all(names.map((name) => site(name).audit({ site: name, ...request })));
  return answers.includes("started") ? { kind: "started", sites: names } : { kind: "audit-running" };
}
