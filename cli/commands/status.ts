import type { Status } from "../../src/contract/backfill.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { headLines, siteTable } from "../status-lines.ts";
import { note, paint, say, sayJson, stdoutWidth } from "../terminal.ts";
import { exitCodeOf, sayFailed, watchAsJson, watchBackfill } from "../watch-backfill.ts";

export const addStatus: AddCommand = (program, cli) => {
  program
    .command("status")
    .description("how far the backfill has come, how fast it goes and what is wrong")
    .option("--watch", "until it rests; Ctrl-C ends the looking, not the backfill")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
With --watch: bars on a terminal, a line now and then in a pipe, and with --json a line of JSON on every change.
Exit code 1 where the backfill rests with failed days, halted or cancelled.

Examples:
  npx backfill status --watch
  npx backfill status --json | jq .progress_percent`,
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
    if (json) sayJson({ status: "not_started" });
    else say("No backfill has been started yet.");
    note(`Begin with: ${cli.typed("start 2024-01-01 2024-01-31")}`);
    return undefined;
  }
  if (!watch) {
    if (json) sayJson(now);
    else sayStatus(now, cli);
    return now;
  }
  if (json) return watchAsJson(cli);
  const last = await watchBackfill(cli, process.stdout);
  sayFailed(last, cli, say);
  return last;
}

function sayStatus(status: Status, cli: Cli): void {
  for (const line of headLines(status, paint)) say(line);
  say("");
  for (const line of siteTable(status, stdoutWidth())) say(line);
  sayFailed(status, cli, say);
}
