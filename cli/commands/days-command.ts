import { EXIT } from "../../terminal/terminal.ts";
import {
  days,
  fromDay,
  jsonOption,
  type Selection,
  selectedRange,
  siteOption,
  TO_DAY,
} from "../arguments.ts";
import { archivedText, calendarLines, dueLines, failureLines } from "../calendar.ts";
import type { AddCommand } from "../cli.ts";
import type { Days } from "../days.ts";
import { evidenceLines } from "../evidence-lines.ts";
import { note, paint, print, printJson, printText, stdoutWidth } from "../output.ts";
import { selectedDays } from "../selected-days.ts";

export const addDays: AddCommand = (program, cli) => {
  program
    .command("days")
    .description(
      "show a calendar per site: which days are archived, failed, running, pending or not requested",
    )
    .argument("[from]", fromDay("all days of the archive and of the latest backfill"), days)
    .argument("[to]", TO_DAY, days)
    .addOption(siteOption())
    .option("--evidence", "show what became of the rows of each day, and which points were dropped")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A day is archived if its file is in R2: it is completed, or empty if the API has no samples for it. A day is not requested
if it is neither archived nor part of the latest backfill. With --json: every day with its evidence and, if it failed, the
reason. Exit code 1 if days have failed.

Examples:
  npx bv-backfill days
  npx bv-backfill days 2024-03 2024-05
  npx bv-backfill days --evidence 2024-03-01 2024-03-31
  npx bv-backfill days 2024-03-01 2024-03-31 --json | jq '.[] | select(.status == "failed")'`,
    )
    .action(async (from: Days | undefined, to: Days | undefined, options: DaysOptions) => {
      const views = await selectedDays(cli.backfill, { ...selectedRange(from, to), site: options.site });
      if (views.some(({ status }) => status === "failed")) cli.exitCode = EXIT.partial;
      if (options.json) return printJson(views);
      const bySite = Map.groupBy(views, (view) => view.site);
      for (const [site, own] of bySite) {
        const lines = options.evidence
          ? evidenceLines(site, own, stdoutWidth())
          : calendarLines(site, own, paint);
        for (const line of lines) print(line);
      }
      if (bySite.size > 1) print(`all sites ${archivedText(views, "site-day")}`);
      for (const line of failureLines(views)) printText(line);
      for (const line of dueLines(views)) printText(line);
      if (views.every(({ due, requested }) => !requested && !due)) {
        note(
          `Nothing is archived or requested there. To plan: ${cli.commandLine("plan 2024-01-01 2024-01-31")}`,
        );
      }
    });
};

interface DaysOptions extends Pick<Selection, "site"> {
  readonly json?: true;
  readonly evidence?: true;
}
