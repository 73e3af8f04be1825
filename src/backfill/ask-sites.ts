import type { AuditOutcome } from "../contract/api.ts";
import type { ErrorView, Plan, StartRequest } from "../contract/backfill.ts";
import type { Config } from "../domain/config.ts";
import type { SiteName } from "../domain/site.ts";
import type { AuditRequest, SiteAnswer, SiteQuery } from "./job.ts";
import { planOf } from "./plan-range.ts";
import type { Clock, SitePeer } from "./ports.ts";
import { LATE, within } from "./within.ts";

/** A question that is not answered by then fails: whoever asked is not kept waiting by one site. */
const ANSWER_MS_MAX = 20_000;

/** Questions that only the sites can answer; the Coordinator passes them on and puts the answers together. */
export interface Sites {
  readonly clock: Clock;
  site(name: SiteName): SitePeer;
}

export function askSites(sites: Sites, names: readonly SiteName[], query: SiteQuery): Promise<SiteAnswer[]> {
  return Promise.all(names.map((name) => askSite(sites, name, query)));
}

/** Without those that can't answer: what the others say is worth hearing, and the status names who is silent. */
export async function askWhoAnswers(
  sites: Sites,
  names: readonly SiteName[],
  query: SiteQuery,
): Promise<SiteAnswer[]> {
  const answers = await Promise.allSettled(names.map((name) => askSite(sites, name, query)));
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

async function askSite({ clock, site }: Sites, name: SiteName, query: SiteQuery): Promise<SiteAnswer> {
  const answer = await within(clock, ANSWER_MS_MAX, site(name).read(query));
  if (answer === LATE) throw new Error(`site ${name} does not answer`);
  return answer;
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
