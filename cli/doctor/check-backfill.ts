import { type BackfillClient, logAdvice, type Worker } from "../../client/client.ts";
import type { Status } from "../../src/contract/backfill.ts";
import { counted } from "../../terminal/terminal.ts";
import { progressText } from "../watch/watch.ts";
import { checkWorker } from "./check-worker.ts";
import { type Finding, fail, failureOf, ok, warn } from "./finding.ts";

export interface BackfillCheck {
  readonly findings: readonly Finding[];
  /** undefined: the status can't be read, or no backfill was ever started. */
  readonly status: Status | undefined;
  /** The Worker is the right one and accepts the key. */
  readonly responds: boolean;
}

/** Checks the Backfill Worker over HTTP: its address, key, configuration, Durable Objects and backfill. */
export async function checkBackfill(client: BackfillClient): Promise<BackfillCheck> {
  const { findings, isRightWorker } = await checkWorker(client.worker);
  if (!isRightWorker) return { findings, status: undefined, responds: false };
  try {
    // The cheapest request that needs the key, and fails where the Coordinator or any site's object does not respond.
    await client.sites();
    const status = await client.current();
    const reachable = ok("Backfill Worker: the key is valid, and its Durable Objects respond");
    const all = [...findings, reachable, ...statusFindings(status, client.worker)];
    return { findings: all, status, responds: true };
  } catch (error) {
    return { findings: [...findings, failureOf(error)], status: undefined, responds: false };
  }
}

export function statusFindings(status: Status | undefined, worker: Worker): Finding[] {
  if (!status) return [ok("No backfill has been started yet")];
  const state = `Backfill ${status.status.replace("_", " ")}: ${progressText(status)}`;
  const halted = status.sites.filter(({ halt_reason }) => halt_reason !== null);
  return [
    halted.length === 0 ? ok(state) : warn(state, "The reason for the halt is below."),
    ...halted.map(({ site, halt_reason }) =>
      fail(
        `${site} has halted: ${halt_reason}`,
        "Fix the problem, and start the same range again: it resumes.",
      ),
    ),
    ...status.alerts.map(({ alert, message }) =>
      warn(`ALERT ${alert}: ${message}`, "npx bv-backfill errors"),
    ),
    ...status.sites_unreachable.map((site) =>
      fail(`${site}: its Durable Object is not responding`, logAdvice(worker)),
    ),
    ...status.sites.flatMap(({ site, warnings }) =>
      warnings.map(({ message }) =>
        warn(`${site}: ${message}`, "Ask the operator of the API to correct the list of points."),
      ),
    ),
    ...(status.days_failed > 0
      ? [
          warn(
            `${counted(status.days_failed, "site-day")} failed`,
            "To see why: npx bv-backfill errors\nTo try again: npx bv-backfill retry",
          ),
        ]
      : []),
  ];
}
