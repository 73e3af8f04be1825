import { Option } from "commander";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { count, days, jsonOption, MATCHING, site } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import { pointFilter } from "../point-match.ts";
import { printKnownPoints, printPoints } from "../query-output/query-output.ts";

export const addPoints: AddCommand = (program, cli) => {
  program
    .command("points")
    .description(
      "list the points of a site that have samples on a day, or that were ever configured, and what they mean",
    )
    .argument("[day]", "such as 2024-01-31, yesterday or 7d, in UTC (default: the last archived day)", days)
    .addOption(new Option("--site <name>", "site of the points").argParser(site).makeOptionMandatory())
    .option("--q <words>", "only points with all of these words in name, object name, description or tags")
    .addOption(
      new Option("--ever", "list all points that were ever configured, with the first and the last day"),
    )
    .option("--match <text or pattern>", MATCHING)
    .option(
      "--limit <n>",
      "show at most so many points (default: 100 in a table, all with --csv or --json)",
      count,
    )
    .addOption(new Option("--csv", "print as CSV").conflicts("json"))
    .addOption(jsonOption().conflicts("csv"))
    .addHelpText(
      "after",
      `
Without a day it asks the Backfill Worker for the last archived day. Units, descriptions and tags come from the list of
points of the API. Exit code 1 if the day is not archived, or if no point matches.

Examples:
  npx bv-backfill points --site building_a
  npx bv-backfill points --site building_a --q 'zone temp'
  npx bv-backfill points --site building_a --ever --csv > points.csv
  npx bv-backfill points 2024-01-31 --site building_a --match '*/temp*'`,
    )
    .action(async (day: Days | undefined, options: PointsOptions) => {
      const { ever, match, ...rest } = options;
      const printed = { ...rest, ...(match !== undefined && { matches: pointFilter(match) }) };
      if (ever && day) {
        throw new CommandError("--ever lists points of all days.", "Leave out the day, or --ever.", {
          exitCode: EXIT.usage,
        });
      }
      if (ever) return printKnownPoints(cli, printed);
      const date = day ? singleDay(day) : await lastArchivedDay(cli, options.site);
      await printPoints(cli, printed, dayStartMs(date));
    });
};

interface PointsOptions {
  readonly site: string;
  readonly q?: string;
  readonly ever?: true;
  readonly match?: string;
  readonly limit?: number;
  readonly csv?: true;
  readonly json?: true;
}

function singleDay({ first, last }: Days): UtcDay {
  if (first === last) return first;
  throw new CommandError(
    "The command shows the points of one day, not of a month or a year.",
    "Name a day.",
    {
      exitCode: EXIT.usage,
    },
  );
}

async function lastArchivedDay(cli: Cli, site: string): Promise<UtcDay> {
  const sites = await cli.backfill.sites();
  const summary = sites.find((one) => one.site === site);
  if (summary?.last_day) return summary.last_day as UtcDay;
  if (summary) {
    throw new CommandError(
      `No day of ${site} is archived yet.`,
      `To see the sites: ${cli.commandLine("sites")}`,
    );
  }
  const configured = sites.map((one) => one.site).join(", ");
  throw new CommandError(
    `There is no site ${site}. Configured: ${configured}`,
    "If the site is no longer configured, name a day.",
  );
}
