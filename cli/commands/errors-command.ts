import type { ErrorList, ErrorView } from "../../src/contract/backfill.ts";
import { type Column, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import {
  count,
  days,
  fromDay,
  jsonOption,
  type Selection,
  selectedRange,
  selectionQuery,
  siteOption,
  TO_DAY,
} from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import type { Days } from "../days.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";
import { timeOf } from "../watch/watch.ts";

export const addErrors: AddCommand = (program, cli) => {
  program
    .command("errors")
    .description("show what went wrong, newest first: when, at which site, day and page, and why")
    .argument("[from]", fromDay("all days"), days)
    .argument("[to]", TO_DAY, days)
    .addOption(siteOption())
    .option("--limit <n>", "show at most so many errors", count, 100)
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  npx bv-backfill errors 2024-03-01 2024-03-31 --limit 20")
    .action(async (from: Days | undefined, to: Days | undefined, options: ErrorsOptions) => {
      const query = selectionQuery(
        { ...selectedRange(from, to), site: options.site },
        { limit: String(options.limit) },
      );
      const list = await cli.backfill.request<ErrorList>("GET", `/backfill/errors${query}`, "errors");
      // An incomplete list must not read as a complete one.
      if (list.sites_unavailable.length > 0) {
        cli.exitCode = EXIT.partial;
        note(`These sites do not respond, so their errors are missing: ${list.sites_unavailable.join(", ")}`);
      }
      if (options.json) return printJson(list.errors);
      if (list.errors.length === 0) return note("No errors are recorded.");
      for (const line of errorTable(list.errors, stdoutWidth())) print(line);
    });
};

interface ErrorsOptions extends Pick<Selection, "site"> {
  readonly limit: number;
  readonly json?: true;
}

const COLUMNS: Column[] = [
  { title: "when (UTC)", align: "left" },
  { title: "site", align: "left", names: true },
  { title: "day", align: "left" },
  { title: "page", align: "right" },
  { title: "error", align: "left", below: true },
];

function errorTable(errors: readonly ErrorView[], width: number): string[] {
  const rows = errors.map(({ timestamp, error, context }) => [
    timeOf(timestamp),
    textOf(context.site),
    textOf(context.date),
    // The context counts the pages before the one that failed.
    typeof context.page === "number" ? formatCount(context.page + 1) : "-",
    error,
  ]);
  return tableLines(COLUMNS, rows, { width });
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "-");
