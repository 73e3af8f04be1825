import type { UtcDay } from "../../src/domain/day.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { day, jsonOption, type Selection, siteOption } from "../arguments.ts";
import { calendarLines } from "../calendar.ts";
import type { AddCommand } from "../cli.ts";
import { selectedDays } from "../selected-days.ts";
import { note, paint, say, sayJson } from "../terminal.ts";

export const addDays: AddCommand = (program, cli) => {
  program
    .command("days")
    .description("a calendar of every site: which days are done, empty, under way, failed or still to come")
    .argument("[from]", "first day, YYYY-MM-DD (the backfill's range where absent)", day)
    .argument("[to]", "last day, included (the first where absent)", day)
    .addOption(siteOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
With --json: every day with its evidence and, where it failed, why. Exit code 1 where days failed.

Examples:
  npx backfill days
  npx backfill days 2024-03-01 2024-03-31 --json | jq '.[] | select(.status == "failed")'`,
    )
    .action(async (from: UtcDay | undefined, to: UtcDay | undefined, options: DaysOptions) => {
      const days = await selectedDays(cli.backfill, { from, to: to ?? from, site: options.site });
      if (days.some(({ status }) => status === "failed")) cli.exitCode = EXIT.partial;
      if (options.json) return sayJson(days);
      if (days.length === 0)
        return note(`No days. Plan some with: ${cli.typed("plan 2024-01-01 2024-01-31")}`);
      for (const [site, own] of Map.groupBy(days, (one) => one.site)) {
        for (const line of calendarLines(site, own, paint)) say(line);
      }
    });
};

interface DaysOptions extends Pick<Selection, "site"> {
  readonly json?: true;
}
