import type { SiteSummary } from "../../src/contract/backfill.ts";
import { type Column, formatBytes, formatCount, isThrottled, tableLines } from "../../terminal/terminal.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { print, printJson, stdoutWidth } from "../output.ts";

export const addSites: AddCommand = (program, cli) => {
  program
    .command("sites")
    .description("show the configured sites: their state, and what is archived of each")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
The state is from the latest backfill; a site that is not part of it is "not included". Days between the first and the
last archived day may be missing: the command days shows each day.

Example:
  npx bv-backfill sites`,
    )
    .action(async ({ json }: { json?: true }) => {
      const sites = await cli.backfill.sites();
      if (json) return printJson(sites);
      // Without a backfill there is no status, and without a status no pause.
      const throttled = sites.some(({ state }) => state !== null) ? await throttledSites(cli) : [];
      const rows = sites.map((summary) => rowOf(summary, throttled.includes(summary.site)));
      for (const line of tableLines(COLUMNS, rows, { width: stdoutWidth() })) print(line);
    });
};

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "state", align: "left" },
  { title: "archived", align: "right" },
  { title: "empty", align: "right" },
  { title: "samples", align: "right" },
  { title: "size", align: "right" },
  { title: "first and last", align: "left", below: true },
];

/** The sites that wait for the pause of a 429, which the state of a site does not tell. */
async function throttledSites({ backfill }: Cli): Promise<string[]> {
  const status = await backfill.status();
  return status.sites.filter((view) => isThrottled(view, status)).map(({ site }) => site);
}

const rowOf = ({ site, state, first_day, last_day, ...summary }: SiteSummary, throttled: boolean) => [
  site,
  throttled ? "throttled" : (state ?? "not included"),
  formatCount(summary.days_archived),
  formatCount(summary.days_empty),
  formatCount(summary.records),
  formatBytes(summary.bytes),
  first_day === null ? "nothing archived" : `${first_day} to ${last_day}`,
];
