import { type BackfillClient, type EtlClient, logAdvice, type QueryClient } from "../../client/client.ts";
import type { SyncStatus } from "../../src/contract/etl.ts";
import { ALERT_LAG_MINUTES } from "../../src/domain/sync-limits.ts";
import { formatDuration } from "../../terminal/terminal.ts";
import { EtlAddressUnknown } from "../connection.ts";
import { dueLines } from "../sync/sync.ts";
import { checkWorker } from "./check-worker.ts";
import { type Finding, fail, failureOf, ok, warn } from "./finding.ts";

export interface EtlCheck {
  readonly findings: readonly Finding[];
  /** undefined: the status can't be read. */
  readonly status: SyncStatus | undefined;
}

/** Checks the ETL Sync Worker over HTTP: its address, key, configuration, database and sites. */
export async function checkEtl(client: EtlClient): Promise<EtlCheck> {
  const { findings, isRightWorker } = await checkWorker(client.worker);
  if (!isRightWorker) return { findings, status: undefined };
  const checked = [...findings, ...(await checkDatabase(client))];
  try {
    // The cheapest request that needs the key.
    await client.gate();
    const status = await client.status();
    const reachable = ok("ETL Sync Worker: the key is valid");
    return { findings: [...checked, reachable, ...syncFindings(status, client)], status };
  } catch (error) {
    return { findings: [...checked, failureOf(error)], status: undefined };
  }
}

/** A failure here leaves the other checks worth their requests: the status needs no database. */
async function checkDatabase(client: EtlClient): Promise<Finding[]> {
  try {
    await client.health();
    return [ok("ETL Sync Worker: D1 responds and has its tables")];
  } catch (error) {
    return [failureOf(error)];
  }
}

function syncFindings(status: SyncStatus, { worker }: Pick<EtlClient, "worker">): Finding[] {
  const { sites, sites_unreachable, alerts, warnings } = status;
  return [
    ...sites.map(({ site, state, lag_seconds, halt_reason }) => {
      if (halt_reason !== null) {
        return fail(
          `${site} has halted: ${halt_reason}`,
          `Fix the problem, and let the site try again: npx bv-backfill sync --now --site ${site}`,
        );
      }
      if (lag_seconds === null) return warn(`${site}: nothing has been synced yet`, SEE_SYNC);
      const text = `${site}: live, ${formatDuration(lag_seconds * 1000)} behind (${state})`;
      return lag_seconds > ALERT_LAG_MINUTES * 60 ? warn(text, SEE_SYNC) : ok(text);
    }),
    ...sites_unreachable.map((site) =>
      fail(`${site}: its Durable Object of the live sync is not responding`, logAdvice(worker)),
    ),
    ...alerts.map(({ alert, message }) => warn(`ALERT ${alert}: ${message}`, SEE_SYNC)),
    ...dueLines(status).map((line) => warn(line, SEE_SYNC)),
    ...warnings.map((warning) => warn(warning, "Raise REQUESTS_PER_MINUTE if the API allows more.")),
  ];
}

const SEE_SYNC = "npx bv-backfill sync";

/**
 * Checks that the Backfill Worker and the ETL Sync Worker count their requests at one gate, and have the same sites. An
 * older Backfill Worker has no route for its gate.
 */
export async function checkShared(
  backfill: BackfillClient,
  etl: EtlClient,
  status: SyncStatus,
): Promise<Finding[]> {
  try {
    const [own, other, sites] = await Promise.all([backfill.gate(), etl.gate(), backfill.sites()]);
    return [
      own.gate === other.gate
        ? ok("The Backfill Worker and the ETL Sync Worker share one rate gate, so one limit for the API")
        : fail(DIFFERENT_GATES, SAME_KEY),
      ...siteFindings(
        sites.map(({ site }) => site),
        [...status.sites.map(({ site }) => site), ...status.sites_unreachable],
      ),
    ];
  } catch (error) {
    return [failureOf(error)];
  }
}

const DIFFERENT_GATES =
  "The Backfill Worker and the ETL Sync Worker have different rate gates, so that both together exceed the API's limit";
const SAME_KEY = `Set the same ACE_API_KEY for both:
npx wrangler secret put ACE_API_KEY -c workers/wrangler-backfill.toml --env production
npx wrangler secret put ACE_API_KEY -c workers/wrangler-etl.toml --env production
If it is the same, RATE_GATE in workers/wrangler-etl.toml names another Worker as its script_name.`;

function siteFindings(archived: readonly string[], synced: readonly string[]): Finding[] {
  const never = synced.filter((site) => !archived.includes(site));
  const dead = archived.filter((site) => !synced.includes(site));
  if (never.length + dead.length === 0) return [ok("Both Workers have the same sites")];
  return [
    ...(never.length > 0
      ? [
          fail(
            `Not configured in the Backfill Worker, so that their days are never archived: ${never.join(", ")}`,
            "Add them to SITE_NAME in workers/wrangler-backfill.toml, and deploy it.",
          ),
        ]
      : []),
    ...(dead.length > 0
      ? [
          warn(
            `Not configured in the ETL Sync Worker, so without live data: ${dead.join(", ")}`,
            "If they should have it, add them to SITE_NAME in workers/wrangler-etl.toml, and deploy it.",
          ),
        ]
      : []),
  ];
}

/** Checks that the Query Worker reads the database that the live sync writes. */
export async function checkHot(query: QueryClient, status: SyncStatus): Promise<Finding[]> {
  const live = status.sites.find(({ newest_sample }) => newest_sample !== null);
  const date = live?.newest_sample?.slice(0, 10);
  if (!live || date === undefined) return [];
  try {
    const [day] = (await query.days(live.site, date, date)).days;
    if (day?.storage_tiers.includes("hot")) {
      return [ok(`${live.site}: the Query Worker finds the live samples of ${date} in D1`)];
    }
    return [
      fail(
        `${live.site} has live samples of ${date}, but the Query Worker finds none in D1`,
        "workers/wrangler-etl.toml and workers/wrangler-query.toml must name the same D1 database.",
      ),
    ];
  } catch (error) {
    return [failureOf(error)];
  }
}

/** The finding where the address of the ETL Sync Worker is not known: it is optional. */
export function etlUnknown(error: unknown): Finding {
  if (!(error instanceof EtlAddressUnknown)) throw error;
  return warn("The ETL Sync Worker is not checked, because its address is not known", error.advice);
}
