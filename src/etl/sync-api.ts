import { raceTimeout, TIMED_OUT } from "../concurrency/concurrency.ts";
import type { GateView, SiteSync, Stats, SyncStatus, TriggerRequest } from "../contract/etl.ts";
import type { DatabaseFault, EtlApi, TriggerOutcome } from "../contract/etl-api.ts";
import { type EtlConfig, etlWarnings } from "../domain/etl-config.ts";
import type { SiteName } from "../domain/site.ts";
import { checkTables, hotStats } from "../hot/hot.ts";
import { type HotStore, HotUnavailable } from "../ports/hot.ts";
import type { Clock } from "../ports/ports.ts";
import { alertsOfSites, leastOf, statusName } from "./report/report.ts";
import type { Triggered } from "./site-sync.ts";

/** A site that does not respond in this time is named, and the answer goes on without it. */
const RESPONSE_MS_MAX = 5_000;

/** A site's sync as the Worker calls it. */
export interface SyncPeer {
  /** Sets an alarm that was lost. */
  wake(): Promise<void>;
  trigger(): Promise<Triggered>;
  report(): Promise<SiteSync>;
}

export interface SyncApiParts {
  readonly config: EtlConfig;
  readonly clock: Clock;
  readonly hot: HotStore;
  site(name: SiteName): SyncPeer;
  gate(): Promise<GateView>;
}

/** The ETL Sync Worker over its sites. It stores nothing: each answer is made of what the sites and D1 say. */
export function syncApi(parts: SyncApiParts): EtlApi {
  const { hot } = parts;
  return {
    status: () => statusOf(parts),
    stats: () => statsOf(parts),
    trigger: (request) => trigger(parts, request),
    async metrics() {
      const status = await statusOf(parts);
      return { status, databaseBytes: await hot.size().catch(() => undefined) };
    },
    async health() {
      try {
        await checkTables(hot);
        return { kind: "ok" };
      } catch (fault) {
        return databaseFault(fault);
      }
    },
    gate: () => parts.gate(),
  };
}

async function statusOf(parts: SyncApiParts): Promise<SyncStatus> {
  const { clock, config } = parts;
  const answers = await askSites(parts, config.sites, (site) => site.report());
  const sites = answers.flatMap(({ answer }) => answer ?? []);
  const unreachable = answers.filter(({ answer }) => !answer).map(({ site }) => site);
  return {
    status: statusName(sites, unreachable.length),
    timestamp: new Date(clock.now()).toISOString(),
    last_sync_timestamp: leastOf(sites, config.sites.length),
    hot_days: config.hotDays,
    archive_after_hours: config.archiveAfterHours,
    sites,
    sites_unreachable: unreachable,
    warnings: etlWarnings(config),
    alerts: alertsOfSites(sites),
  };
}

async function statsOf(parts: SyncApiParts): Promise<Stats | DatabaseFault> {
  const { config, hot } = parts;
  try {
    const stored = await hotStats(hot, config.sites);
    const { sites, timestamp } = await statusOf(parts);
    const rows = new Map(sites.map(({ site, rows_written_today }) => [site, rows_written_today]));
    return {
      timestamp,
      sites: stored.map((each) => ({ ...each, rows_written_today: rows.get(each.site) ?? 0 })),
      database_bytes: await hot.size(),
    };
  } catch (fault) {
    return databaseFault(fault);
  }
}

async function trigger(parts: SyncApiParts, request: TriggerRequest): Promise<TriggerOutcome> {
  const selected = request.site ? [request.site] : parts.config.sites;
  const answers = await askSites(parts, selected, (site) => site.trigger());
  const started = answers.flatMap(({ site, answer }) =>
    answer?.kind === "started" ? [{ site, triggered_at: new Date(answer.at).toISOString() }] : [],
  );
  const running = answers.filter(({ answer }) => answer?.kind === "running").map(({ site }) => site);
  if (started.length > 0) return { kind: "started", sites: started, running };
  return running.length > 0
    ? { kind: "running", sites: running }
    : { kind: "unavailable", sites: answers.map(({ site }) => site) };
}

async function askSites<T>(
  { clock, site: peerOf }: SyncApiParts,
  sites: readonly SiteName[],
  ask: (site: SyncPeer) => Promise<T>,
): Promise<{ readonly site: SiteName; readonly answer: T | undefined }[]> {
  return Promise.all(
    sites.map(async (site) => {
      const answer = await raceTimeout(clock, RESPONSE_MS_MAX, ask(peerOf(site))).catch(() => TIMED_OUT);
      return { site, answer: answer === TIMED_OUT ? undefined : (answer as T) };
    }),
  );
}

function databaseFault(fault: unknown): DatabaseFault {
  if (!(fault instanceof HotUnavailable)) throw fault;
  return { kind: fault.tablesMissing ? "tables-missing" : "unavailable", message: fault.message };
}
