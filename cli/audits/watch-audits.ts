import { poll } from "../../client/client.ts";
import type { AuditView } from "../../src/contract/backfill.ts";
import { lostLine } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { LOST, watchScreen, watchWorker } from "../watch/watch.ts";
import { type AuditBaseline, auditLine, pastAuditLine } from "./audit-lines.ts";

/** Shows the audits of `sites` until all have ended, and returns them. Ctrl-C stops watching; the audits keep running. */
export async function watchAudits(
  cli: Cli,
  sites: readonly string[],
  what: "verification" | "rebuild",
): Promise<AuditView[]> {
  const screen = watchScreen(cli, process.stderr);
  const since = new Map<string, AuditBaseline>();
  const { backfill } = cli;
  let latest: readonly AuditView[] = [];
  const request = async () => (await backfill.audits()).filter(({ site }) => sites.includes(site));
  const show = (audits: AuditView[]) => {
    latest = audits;
    const nowMs = performance.now();
    const lines = audits.map((audit) => {
      const first = since.get(audit.site) ?? { days: audit.days_checked, atMs: nowMs };
      since.set(audit.site, first);
      return auditLine(audit, first, nowMs, screen.width !== undefined);
    });
    screen.show(lines);
  };
  const lost = (silentMs: number) =>
    screen.show(
      screen.width === undefined
        ? [LOST]
        : [lostLine(silentMs), ...latest.map((audit) => pastAuditLine(audit, true))],
    );
  // A site that is not in the response yet is not done.
  const isDone = (audits: AuditView[]) =>
    audits.filter(({ state }) => state === "completed").length === sites.length;
  const watching = { what, again: [`To watch again: ${cli.commandLine("verify --last")}`] };
  const audits = await watchWorker<AuditView[]>(cli, watching, (polling) =>
    poll(request, isDone, { ...polling, show, lost }),
  );
  screen.settle();
  return audits;
}
