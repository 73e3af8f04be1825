import type { BackfillClient } from "../../client/client.ts";
import type { ErrorList, Status } from "../../src/contract/backfill.ts";
import { progressText } from "../status-lines.ts";
import { type Finding, fail, failOf, ok, warn } from "./finding.ts";
import { lookAtWorker } from "./look-at-worker.ts";

export interface BackfillLook {
  readonly findings: readonly Finding[];
  /** undefined: it can't be told, or none was ever started. */
  readonly status: Status | undefined;
}

/** The Backfill Worker as it is seen over HTTP: itself, its key and objects, and what it does. */
export async function lookAtBackfill(client: BackfillClient): Promise<BackfillLook> {
  const { findings, usable } = await lookAtWorker(client.worker);
  if (!usable) return { findings, status: undefined };
  try {
    // Of every call that needs the key the least: it passes the Coordinator and each site's object.
    await client.request<ErrorList>("GET", "/backfill/errors?limit=1", "errors");
    const status = await client.current();
    const entered = ok("Backfill Worker: the key is good, and its Durable Objects answer");
    return { findings: [...findings, entered, ...statusFindings(status)], status };
  } catch (fault) {
    return { findings: [...findings, failOf(fault)], status: undefined };
  }
}

export function statusFindings(status: Status | undefined): Finding[] {
  if (!status) return [ok("No backfill has been started yet")];
  const state = `Backfill ${status.status.replace("_", " ")}: ${progressText(status)}`;
  const halted = status.sites.filter(({ halt_reason }) => halt_reason !== null);
  return [
    halted.length === 0 ? ok(state) : warn(state, "What halts it stands below."),
    ...halted.map(({ site, halt_reason }) =>
      fail(`${site} has halted: ${halt_reason}`, "Mend that, and start the same range again: it goes on."),
    ),
    ...status.alerts.map(({ alert, message }) => warn(`ALERT ${alert}: ${message}`, "npx backfill errors")),
    ...status.sites_unreachable.map((site) =>
      fail(
        `${site}: its Durable Object has not answered lately`,
        "npx wrangler tail -c workers/wrangler-backfill.toml",
      ),
    ),
    ...(status.days_failed > 0
      ? [warn(`${status.days_failed} days have failed`, "npx backfill errors says why; npx backfill retry")]
      : []),
  ];
}
