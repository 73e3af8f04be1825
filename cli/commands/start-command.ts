import { successBody } from "../../client/client.ts";
import type { Problem, StartAccepted, StartConflict } from "../../src/contract/backfill.ts";
import { CommandError, counted, EXIT } from "../../terminal/terminal.ts";
import { days, daysBetween, FROM_DAY, jsonOption, sitesOption, TO_DAY } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import { printAccepted, progressText, requestChange } from "../watch/watch.ts";

export const addStart: AddCommand = (program, cli) => {
  program
    .command("start")
    .description("start the backfill of a range of days, or resume one that was cancelled, failed or halted")
    .argument("<from>", FROM_DAY, days)
    .argument("[to]", TO_DAY, days)
    .addOption(sitesOption())
    .option("--force", "fetch every day again; a file is replaced once the new one is complete")
    .option(
      "--watch",
      "show progress until the backfill ends (Ctrl-C stops watching; the backfill keeps running)",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A range has at most 366 days, and ends before today. Days that are archived are skipped. The backfill runs in the Worker,
and continues after this command ends.

Examples:
  npx bv-backfill start 2024-01-01 2024-12-31
  npx bv-backfill start 30d yesterday --watch
  npx bv-backfill start 2024-03-05 --site building_a --force --watch`,
    )
    .action(async (first: Days, last: Days | undefined, options: StartOptions) => {
      const { from, to } = daysBetween(first, last);
      const accepted = await requestChange(cli, "status", () => start(cli, from, to, options));
      await printAccepted(cli, accepted, acceptedLine(accepted), options);
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
  const { status, body } = await backfill.call<StartAccepted | StartConflict | Problem>(
    "POST",
    "/backfill/start",
    {
      start_date: from,
      end_date: to,
      force_restart: options.force ?? false,
      ...(options.site && { sites: options.site }),
    },
  );
  if ("current_state" in body) throw conflict(body, cli);
  return successBody<StartAccepted>(backfill.worker, { status, body }, "backfill_id");
}

function conflict({ current_state: running }: StartConflict, cli: Cli): CommandError {
  return new CommandError(
    `A backfill is already running: ${running.start_date} to ${running.end_date}, ${progressText(running)}`,
    `To watch it:   ${cli.commandLine("status --watch")}\n` +
      `To cancel it:  ${cli.commandLine("cancel")}  (completed days are kept)\n` +
      "Or pass --force: it cancels the running backfill, and fetches every day of your range again.",
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
  `${status} ${backfill_id}: ${range.start_date} to ${range.end_date}, ${counted(estimated_days, "day")}, ` +
  counted(estimated_site_days, "site-day");
