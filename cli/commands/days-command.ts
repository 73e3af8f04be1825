import type { UtcDay } from "../../src/domain/day.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { day, jsonOption, type Selection, siteOption, TO_DAY } from "../arguments.ts";
import { calendarLines } from "../calendar.ts";
import type { AddCommand } from "../cli.ts";
import { evidenceLines } from "../evidence-lines.ts";
import { note, paint, print, printJson, stdoutWidth } from "../output.ts";
import { selectedDays } from "../selected-days.ts";

export const addDays: AddCommand = (program, cli) => {
  program
    .command("days")
    .description("show a calendar per site: completed, empty, running, failed and pending days")
    .argument("[from]", "first day, YYYY-MM-DD (default: the backfill's range)", day)
    .argument("[to]", TO_DAY, day)
    .addOption(siteOption())
    .option("--evidence", "show what became of the rows of each day, and which points were dropped")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
With --json: every day with its evidence and, if it failed, the reason. Exit code 1 when days have failed.

Examples:
  npx bv-backfill days
  npx bv-backfill days --evidence 2024-03-01 2024-03-31
  npx bv-backfill days 2024-03-01 2024-03-31 --json | jq '.[] | select(.status == "failed")'`,
    )
    .action(async (from: UtcDay | undefined, to: UtcDay | undefined, options: DaysOptions) => {
      const days = await selectedDays(cli.backfill, { from, to: to ?? from, site: options.site });
      if (days.some(({ status }) => status === "failed")) cli.exitCode = EXIT.partial;
      if (options.json) return printJson(days);
      if (days.length === 0)
        return note(`There are no days. To plan some: ${cli.commandLine("plan 2024-01-01 2024-01-31")}`);
      for (const [site, own] of Map.groupBy(days, (view) => view.site)) {
        const lines = options.evidence
          ? evidenceLines(site, own, stdoutWidth())
          : calendarLines(site, own, paint);
        for (const line of lines) print(line);
      }
    });
};

interface DaysOptions extends Pick<Selection, "site"> {
  readonly json?: true;
  readonly evidence?: true;
}
