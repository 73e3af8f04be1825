import type { SiteSummary, Status } from "../../src/contract/backfill.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, paint, print, printJson, printText, stdoutWidth } from "../output.ts";
import {
  archiveLine,
  dueSummaryLines,
  exitCodeOf,
  headLines,
  printFailed,
  siteTable,
  watchAsJson,
  watchBackfill,
} from "../watch/watch.ts";

export const addStatus: AddCommand = (program, cli) => {
  program
    .command("status")
    .description(
      "show the progress, rate and problems of the latest backfill, and the total of what is archived",
    )
    .option(
      "--watch",
      "show progress until the backfill ends (Ctrl-C stops watching; the backfill keeps running)",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Needs no API key; with a key it also shows the total of what is archived. With --watch, a terminal shows bars and a pipe
gets a line every few seconds; with --json as well, a line of JSON on every change. Exit code 1 if the backfill has ended
with failed days, or is halted or cancelled.

Examples:
  npx bv-backfill status --watch
  npx bv-backfill status --json | jq .progress_percent`,
    )
    .action(async (options: { watch?: true; json?: true }) => {
      cli.exitCode = exitCodeOf(await showStatus(cli, options));
    });
};

async function showStatus(
  cli: Cli,
  { watch, json }: { watch?: true; json?: true },
): Promise<Status | undefined> {
  const now = await cli.backfill.latest();
  const archive = json ? await checkedKey(cli) : await archiveOf(cli);
  if (now.status === "not_started") {
    if (json) printJson({ status: now.status, ...(now.due && { due: now.due }) });
    else print("No backfill has been started yet.");
    if (!json) for (const line of dueSummaryLines(now.due)) printText(line);
    if (archive) printText(archiveLine(archive));
    note(`To start one: ${cli.commandLine("start 2024-01-01 2024-01-31")}`);
    return undefined;
  }
  if (!watch) {
    if (json) printJson(now);
    else printStatus(now, archive, cli);
    return now;
  }
  if (json) return watchAsJson(cli);
  const last = await watchBackfill(cli, process.stdout);
  printFailed(last, cli);
  return last;
}

function printStatus(status: Status, archive: readonly SiteSummary[] | undefined, cli: Cli): void {
  for (const line of headLines(status, paint)) printText(line);
  print("");
  for (const line of siteTable(status, stdoutWidth())) print(line);
  if (archive) {
    print("");
    printText(archiveLine(archive));
  }
  printFailed(status, cli);
}

/** With --json the archive is not shown: only a key that was given is checked. */
async function checkedKey(cli: Cli): Promise<undefined> {
  if (cli.connection.token) await archiveOf(cli);
}

/**
 * What is archived of the sites; undefined where there is no key, or no answer. The status itself is public, so that a
 * key that the Worker rejects would otherwise go unnoticed.
 */
async function archiveOf(cli: Cli): Promise<SiteSummary[] | undefined> {
  if (cli.backfill.worker.token === undefined) return undefined;
  try {
    return await cli.backfill.sites();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.exitCode === EXIT.rejected && !error.transient) {
      note("The Worker rejects the API key. The status is shown because it is public.");
    }
    return undefined;
  }
}
