import type { AuditOutcome } from "../contract/api.ts";
import type { ErrorView, Plan, StartRequest } from "../contract/backfill.ts";
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

export function newestErrors(answers: readonly SiteAnswer[], limit: number): ErrorView[] {
  return answers
    .flatMap((answer) => answer.errors ?? [])
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1))
    .slice(0, limit);
}

export async function beginAudits(
  { site }: Sites,
  names: readonly SiteName[],
  request: Omit<AuditRequest, "site">,
): Promise<AuditOutcome> {
  const answers = await Promise.all(names.map((name) => site(name).audit({ site: name, ...request })));
  return answers.includes("started") ? { kind: "started", sites: names } : { kind: "audit-running" };
}
