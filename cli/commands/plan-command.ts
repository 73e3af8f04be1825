import type { Plan } from "../../src/contract/backfill.ts";
import {
  type Column,
  counted,
  formatCount,
  formatEstimate,
  tableLines,
  wrapped,
} from "../../terminal/terminal.ts";
import {
  days,
  daysBetween,
  FROM_DAY,
  jsonOption,
  sitesOption,
  startArguments,
  TO_DAY,
} from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import type { Days } from "../days.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";

export const addPlan: AddCommand = (program, cli) => {
  program
    .command("plan")
    .description(
      "estimate the days, requests and time that a range would take, without starting anything or calling the API",
    )
    .argument("<from>", FROM_DAY, days)
    .argument("[to]", TO_DAY, days)
    .addOption(sitesOption())
    .option("--force", "plan to fetch every day again")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A range has at most 366 days. The time is estimated from the rate limit; a slow API takes longer.

Examples:
  npx bv-backfill plan 2024-01-01 2024-12-31
  npx bv-backfill plan 30d yesterday`,
    )
    .action(async (first: Days, last: Days | undefined, options: PlanOptions) => {
      const { from, to } = daysBetween(first, last);
      const plan = await cli.backfill.request<Plan>("POST", "/backfill/start", "sites", {
        start_date: from,
        end_date: to,
        dry_run: true,
        force_restart: options.force ?? false,
        ...(options.site && { sites: options.site }),
      });
      if (options.json) return printJson(plan);
      for (const line of planLines(plan, stdoutWidth())) print(line);
      note(`\nTo start it: ${cli.commandLine(`start ${startArguments(from, to, options)}`)}`);
    });
};

interface PlanOptions {
  readonly site?: readonly string[];
  readonly force?: true;
  readonly json?: true;
}

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "days to fetch", align: "right" },
  { title: "to skip", align: "right" },
  { title: "pages/day", align: "right" },
  { title: "requests", align: "right" },
  { title: "estimated from", align: "left", below: true },
];

function planLines(plan: Plan, width: number): string[] {
  const rows = plan.sites.map((site) => [
    site.site,
    formatCount(site.days_to_fetch),
    formatCount(site.days_to_skip),
    formatCount(site.pages_per_day),
    formatCount(site.estimated_requests),
    site.basis === "ledger" ? "days already fetched" : site.basis,
  ]);
  const { days_to_fetch, days_to_skip, estimated_requests } = plan;
  const sums = [
    "total",
    formatCount(days_to_fetch),
    formatCount(days_to_skip),
    "",
    formatCount(estimated_requests),
    "",
  ];
  const days = counted(plan.estimated_days, "day");
  const sites = counted(plan.sites.length, "site");
  return [
    wrapped(
      `${plan.start_date} to ${plan.end_date}: ${days} of ${sites}, ` +
        `${counted(plan.estimated_site_days, "site-day")}, about ${formatEstimate(plan.estimated_seconds)} at ` +
        `${counted(plan.requests_per_minute, "request")} a minute`,
      width,
    ),
    "",
    ...tableLines(COLUMNS, [...rows, sums], { width, footRows: 1 }),
  ];
}
