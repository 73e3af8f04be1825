import type { Plan } from "../../src/contract/backfill.ts";
import { type Column, formatCount, tableLines } from "../../terminal/terminal.ts";
import { day, jsonOption, sitesOption, startArguments, TO_DAY } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";

export const addPlan: AddCommand = (program, cli) => {
  program
    .command("plan")
    .description(
      "show the days, requests and hours that a range would take, without starting it or sending requests to the API",
    )
    .argument("<from>", "first day, YYYY-MM-DD", day)
    .argument("[to]", TO_DAY, day)
    .addOption(sitesOption())
    .option("--force", "plan to fetch every day again")
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  npx bv-backfill plan 2024-01-01 2024-12-31")
    .action(async (from: string, to: string | undefined, options: PlanOptions) => {
      const plan = await cli.backfill.request<Plan>("POST", "/backfill/start", "sites", {
        start_date: from,
        end_date: to ?? from,
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
  { title: "site", align: "left" },
  { title: "to fetch", align: "right" },
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
  return [
    `${plan.start_date} to ${plan.end_date}: ${formatCount(plan.estimated_days)} days of ${plan.sites.length} sites, ` +
      `about ${hoursOf(plan.estimated_hours)} at ${formatCount(plan.requests_per_minute)} requests a minute`,
    "",
    ...tableLines(COLUMNS, [...rows, sums], { width, footRows: 1 }),
  ];
}

function hoursOf(hours: number): string {
  const minutes = Math.ceil(hours * 60);
  return minutes < 120 ? `${minutes} min` : `${hours.toFixed(1)} h`;
}
