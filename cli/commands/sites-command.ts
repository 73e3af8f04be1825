import type { SiteSummary } from "../../src/contract/backfill.ts";
import { type Column, formatBytes, formatCount, tableLines } from "../../terminal/terminal.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
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
      for (const line of tableLines(COLUMNS, sites.map(rowOf), { width: stdoutWidth() })) print(line);
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

const rowOf = ({ site, state, first_day, last_day, ...summary }: SiteSummary) => [
  site,
  state ?? "not included",
  formatCount(summary.days_archived),
  formatCount(summary.days_empty),
  formatCount(summary.records),
  formatBytes(summary.bytes),
  first_day === null ? "nothing archived" : `${first_day} to ${last_day}`,
];
