import type { Status } from "../../src/contract/backfill.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, paint, print, printJson, stdoutWidth } from "../output.ts";
import { exitCodeOf, headLines, printFailed, siteTable, watchAsJson, watchBackfill } from "../watch/watch.ts";

export const addStatus: AddCommand = (program, cli) => {
  program
    .command("status")
    .description("show the progress and rate of the backfill, and its problems")
    .option("--watch", "show it until the backfill ends (Ctrl-C stops watching; the backfill keeps running)")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
With --watch a terminal shows bars, a pipe gets a line every few seconds, and with --json a line of JSON on every change.
Exit code 1 when the backfill has ended with failed days, or is halted or cancelled.

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
  const now = await cli.backfill.current();
  if (!now) {
    if (json) printJson({ status: "not_started" });
    else print("No backfill has been started yet.");
    note(`To start one: ${cli.commandLine("start 2024-01-01 2024-01-31")}`);
    return undefined;
  }
  if (!watch) {
    if (json) printJson(now);
    else printStatus(now, cli);
    return now;
  }
  if (json) return watchAsJson(cli);
  const last = await watchBackfill(cli, process.stdout);
  printFailed(last, cli);
  return last;
}

function printStatus(status: Status, cli: Cli): void {
  for (const line of headLines(status, paint)) print(line);
  print("");
  for (const line of siteTable(status, stdoutWidth())) print(line);
  printFailed(status, cli);
}
