import { EXIT } from "../../local/exit-codes.ts";
import type { DayView } from "../../src/contract/backfill.ts";
import { day, jsonOption, type Selection, selectionQuery, siteOption } from "../arguments.ts";
import { calendarLines } from "../calendar.ts";
import type { AddCommand, Cli } from "../cli.ts";
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
    .action(async (from: string | undefined, to: string | undefined, options: DaysOptions) => {
      const days = await selectedDays(cli, { from, to: to ?? from, site: options.site });
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

/** Site by site, for one answer holds some thousands of days at most. */
async function selectedDays(cli: Cli, selection: Selection): Promise<DayView[]> {
  const { backfill } = cli;
  const current = await backfill.current();
  const range = selection.from ? selection : { from: current?.start_date, to: current?.end_date };
  const sites = selection.site ? [selection.site] : (current?.sites.map(({ site }) => site) ?? [undefined]);
  const days: DayView[] = [];
  for (const site of sites) days.push(...(await backfill.days(selectionQuery({ ...range, site }))));
  return days;
}
