import { poll } from "../../client/client.ts";
import type { SiteSync, SyncStatus } from "../../src/contract/etl.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { ALERT_LAG_MINUTES } from "../../src/domain/sync-limits.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { jsonOption, siteOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { paint, print, printJson, printText, stdoutWidth } from "../output.ts";
import { jsonLines, LOST, watchScreen, watchWorker } from "../watch/watch.ts";
import { plainSyncLine, syncLines } from "./sync-lines.ts";
import { obstacleOf, syncNow } from "./sync-now.ts";

export const addSync: AddCommand = (program, cli) => {
  program
    .command("sync")
    .description("show the live sync of every site: lag, newest sample, hot and due days, problems")
    .addOption(siteOption())
    .option("--now", "begin a sync now, and wait for its end; a site that waits or has halted tries again")
    .option("--watch", "show it until Ctrl-C (the sync keeps running)")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Needs no API key, except with --now. With --watch, a terminal is redrawn and a pipe gets a line every few seconds; with
--json as well, a line of JSON on every change. Exit code 1 if a site is behind, has halted or does not respond, or an
alert is raised; with --now, if a sync failed.

Examples:
  npx bv-backfill sync --watch
  npx bv-backfill sync --now --site building_a`,
    )
    .action(async (options: SyncOptions) => {
      const { site, now, watch, json } = options;
      if (now) await printNow(cli, options);
      if (watch) return watchSync(cli, site, json);
      if (now) return;
      const status = ofSite(await cli.etl.status(), site);
      if (json) printJson(status);
      else for (const line of syncLines(status, stdoutWidth(), paint)) printText(line);
      cli.exitCode = exitCodeOf(status);
    });
};

interface SyncOptions {
  readonly site?: SiteName;
  readonly now?: true;
  readonly watch?: true;
  readonly json?: true;
}

/** With `watch` and `json` all output is JSON, one value a line. */
async function printNow(cli: Cli, { site, watch, json }: SyncOptions): Promise<void> {
  const sites = await syncNow(cli, site);
  if (json && watch) print(JSON.stringify(sites));
  else if (json) printJson(sites);
  if (sites.some(hasFailed)) cli.exitCode = EXIT.partial;
}

const hasFailed = (view: SiteSync) => view.last_sync?.outcome === "failed" || obstacleOf(view) !== undefined;

/** Ends with Ctrl-C, or with an error where the Worker does not respond any more. */
async function watchSync(cli: Cli, site: SiteName | undefined, json: true | undefined): Promise<void> {
  const { etl } = cli;
  const screen = watchScreen(cli, process.stdout);
  const shown = json ? jsonLines<SyncStatus>(VOLATILE_FIELDS) : screenLines(screen);
  const watching = { what: "sync", again: [`To watch again: ${cli.commandLine("sync --watch")}`] } as const;
  await watchWorker<SyncStatus>(cli, watching, (polling) =>
    poll(
      async () => ofSite(await etl.status(), site),
      () => false,
      { ...polling, ...shown },
    ),
  );
}

function screenLines(screen: ReturnType<typeof watchScreen>) {
  return {
    show: (status: SyncStatus) =>
      screen.show(
        screen.width === undefined ? [plainSyncLine(status)] : syncLines(status, screen.width - 1, paint),
      ),
    lost: () => screen.show([LOST]),
  };
}

/** Fields that differ in every response, and so are no change. */
const VOLATILE_FIELDS = new Set(["timestamp", "lag_seconds"]);

/** The status with only that site; throws `CommandError` (usage) where it is not configured. */
export function ofSite(status: SyncStatus, site: SiteName | undefined): SyncStatus {
  if (site === undefined) return status;
  const isWanted = (name: string) => name === site;
  const sites = status.sites.filter((view) => isWanted(view.site));
  const sites_unreachable = status.sites_unreachable.filter(isWanted);
  if (sites.length + sites_unreachable.length === 0) {
    const configured = [...status.sites.map((view) => view.site), ...status.sites_unreachable];
    throw new CommandError(
      `Site "${site}" is not configured in the ETL Sync Worker.`,
      `Configured: ${configured.join(", ")}`,
      { exitCode: EXIT.usage },
    );
  }
  const alerts = status.alerts.filter((alert) => alert.site === null || isWanted(alert.site));
  return { ...status, sites, sites_unreachable, alerts };
}

/** Partial where something needs attention. */
export function exitCodeOf({ alerts, sites, sites_unreachable }: SyncStatus): number {
  const isWell = ({ state, lag_seconds }: SiteSync) =>
    state !== "halted" && (lag_seconds === null || lag_seconds <= ALERT_LAG_MINUTES * 60);
  return alerts.length === 0 && sites_unreachable.length === 0 && sites.every(isWell)
    ? EXIT.done
    : EXIT.partial;
}
