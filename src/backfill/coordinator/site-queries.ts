import { raceTimeout, withTimeout } from "../../concurrency/concurrency.ts";
import type { AuditOutcome, SiteSilent } from "../../contract/api.ts";
import type { DayView, ErrorView, Plan } from "../../contract/backfill.ts";
import type { Config } from "../../domain/config.ts";
import type { SiteName } from "../../domain/site.ts";
import {
  type AuditRequest,
  type Job,
  requiredBackfillId,
  type SiteAnswer,
  type SiteQuery,
} from "../job/job.ts";
import type { Clock, SitePeer } from "../ports.ts";
import { planOf } from "./plan-range.ts";

/** A question that is not answered by then fails: whoever asked is not kept waiting by one site. */
const ANSWER_MS_MAX = 20_000;

/** A site gave no answer, or none in time. */
export class SiteUnanswered extends Error {
  readonly kind = "site-unanswered";
  readonly site: SiteName;
  constructor(site: SiteName, options: ErrorOptions) {
    super(`site ${site} gives no answer`, options);
    this.site = site;
  }
}

/** What was asked, or the site that gave no answer: a value, for faults lose all but their words on the way between objects. */
export async function orSilent<T>(asked: Promise<T>): Promise<T | SiteSilent> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof SiteUnanswered) return { kind: "site-silent", site: fault.site };
    throw fault;
  }
}

/** Questions that only the sites can answer; the Coordinator passes them on and puts the answers together. */
export interface Sites {
  readonly clock: Clock;
  site(name: SiteName): SitePeer;
}

export function askSites(sites: Sites, names: readonly SiteName[], query: SiteQuery): Promise<SiteAnswer[]> {
  return Promise.all(names.map((name) => askSite(sites, name, query)));
}

function askSite(sites: Sites, name: SiteName, query: SiteQuery): Promise<SiteAnswer> {
  return answerOf(sites, name, (site) => site.read(query));
}

function answerOf<T>(
  { clock, site }: Sites,
  name: SiteName,
  ask: (site: SitePeer) => Promise<T>,
): Promise<T> {
  return withTimeout(clock, ANSWER_MS_MAX, () => ask(site(name))).catch((cause: unknown) => {
    throw new SiteUnanswered(name, { cause });
  });
}

/** What the job would fetch of its range, by what counts for it in the sites' ledgers. */
export async function askForPlan(peers: Sites, config: Config, job: Job): Promise<Plan> {
  const { startDate: from, endDate: to, sites } = job;
  const query = { kind: "estimate", from, to, requiredBackfillId: requiredBackfillId(job) } as const;
  const answers = await askSites(peers, sites, query);
  const estimates = sites.map((site, index) => ({ site, estimate: answers[index]?.estimate }));
  return planOf(from, to, config, estimates);
}

type Range = Pick<Extract<SiteQuery, { kind: "days" | "errors" }>, "from" | "to">;

/** The first `limit` days, in order of site, then day; one site after another, so that no more than those are held. */
export async function askForDays(
  sites: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
): Promise<DayView[]> {
  const found: DayView[] = [];
  for (const name of names) {
    if (found.length === limit) break;
    const answer = await askSite(sites, name, { kind: "days", ...range, limit: limit - found.length });
    found.push(...(answer.days ?? []));
  }
  return found;
}

/** Of each `limit` errors are held at most: a thousand of a kilobyte. */
const SITES_AT_ONCE = 4;

/**
 * The newest `limit` errors of all sites and those given besides, newest first; without those of sites that don't
 * answer in time: what the others say is worth hearing, and the status names who is silent.
 */
export async function askForErrors(
  sites: Sites,
  names: readonly SiteName[],
  range: Range,
  limit: number,
  besides: readonly ErrorView[],
): Promise<ErrorView[]> {
  let newest = [...besides];
  const left = [...names];
  const askOneByOne = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const query = { kind: "errors", ...range, limit } as const;
      const { errors = [] } = await askSite(sites, name, query).catch((): SiteAnswer => ({}));
      newest = [...newest, ...errors].sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1)).slice(0, limit);
    }
  };
  const asked = Promise.all(Array.from({ length: SITES_AT_ONCE }, askOneByOne));
  await raceTimeout(sites.clock, ANSWER_MS_MAX, asked);
  // Nobody asks the others any more.
  left.length = 0;
  return newest;
}

export async function beginAudits(
  sites: Sites,
  names: readonly SiteName[],
  request: Omit<AuditRequest, "site">,
): Promise<AuditOutcome> {
  const begun = names.map((name) => answerOf(sites, name, (site) => site.audit({ site: name, ...request })));
  const answers = await Promise.all(begun);
  return answers.includes("started") ? { kind: "started", sites: names } : { kind: "audit-running" };
}
