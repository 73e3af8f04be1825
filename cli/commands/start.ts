import { successBody } from "../../client/client.ts";
import type { Problem, StartAccepted, StartConflict } from "../../src/contract/backfill.ts";
import { CommandError, EXIT, formatCount } from "../../terminal/terminal.ts";
import { day, jsonOption, sitesOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { progressText } from "../status-lines.ts";
import { note, say } from "../terminal.ts";
import { exitCodeOf, sayFailed, watchAsJson, watchBackfill } from "../watch-backfill.ts";
import { steered } from "../watched.ts";

export const addStart: AddCommand = (program, cli) => {
  program
    .command("start")
    .description("start a range, or go on with it where it was cancelled, failed or halted")
    .argument("<from>", "first day, YYYY-MM-DD", day)
    .argument("[to]", "last day, included (the first where absent)", day)
    .addOption(sitesOption())
    .option("--force", "fetch every day again; a file is replaced once its new one is whole")
    .option("--watch", "show it to its end; Ctrl-C ends the looking, not the backfill")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Completed days are skipped. It runs in the Worker: nothing here has to stay.

Examples:
  npx backfill start 2024-01-01 2024-12-31
  npx backfill start 2024-03-05 --site building_a --force --watch`,
    )
    .action(async (from: string, to: string | undefined, options: StartOptions) => {
      const accepted = await steered(cli, "status", () => start(cli, from, to ?? from, options));
      await sayAccepted(cli, accepted, acceptedLine(accepted), options);
    });
};

interface StartOptions {
  readonly site?: readonly string[];
  readonly force?: true;
  readonly watch?: true;
  readonly json?: true;
}

async function start(cli: Cli, from: string, to: string, options: StartOptions): Promise<StartAccepted> {
  const { backfill } = cli;
  const reply = await backfill.call<StartAccepted | StartConflict | Problem>("POST", "/backfill/start", {
    start_date: from,
    end_date: to,
    force_restart: options.force ?? false,
    ...(options.site && { sites: options.site }),
  });
  if ("current_state" in reply.body) throw conflict(reply.body, cli);
  return successBody<StartAccepted>(
    backfill.worker,
    { status: reply.status, body: reply.body },
    "backfill_id",
  );
}

function conflict({ current_state: running }: StartConflict, cli: Cli): CommandError {
  return new CommandError(
    `A backfill runs already: ${running.start_date} to ${running.end_date}, ${progressText(running)}`,
    `Look at it:  ${cli.typed("status --watch")}\nEnd it:      ${cli.typed("cancel")}  (what it has is kept)\n` +
      "Or give --force: that ends it by itself, and fetches every day of your range again.",
    { exitCode: EXIT.rejected },
  );
}

const acceptedLine = ({
  status,
  backfill_id,
  estimated_days,
  estimated_site_days,
  ...range
}: StartAccepted) =>
  `${status} ${backfill_id}: ${range.start_date} to ${range.end_date}, ${formatCount(estimated_days)} days, ` +
  `${formatCount(estimated_site_days)} site-days`;

/** What `start` and `retry` do once the Worker is at work; with --watch and --json, all of it is JSON, a line each. */
export async function sayAccepted(
  cli: Cli,
  accepted: object,
  line: string,
  { watch, json }: { readonly watch?: true; readonly json?: true },
): Promise<void> {
  if (json) say(JSON.stringify(accepted, null, watch ? 0 : 2));
  else say(line);
  if (!watch) return note(`It runs in the Worker. Look at it with: ${cli.typed("status --watch")}`);
  const last = json ? await watchAsJson(cli) : await watchBackfill(cli, process.stderr);
  if (!json) sayFailed(last, cli, say);
  cli.exitCode = exitCodeOf(last);
}
