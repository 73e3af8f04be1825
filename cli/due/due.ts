import type { DueDayEntry, DueList, DuePaused } from "../../src/contract/backfill.ts";
import { type Column, CommandError, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import { jsonOption } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, print, printJson, printText, stdoutWidth } from "../output.ts";
import { requestChange, timeOf } from "../watch/watch.ts";

export const addDue: AddCommand = (program, cli) => {
  program
    .command("due")
    .description(
      "show the due days of every site: days that a site archives by itself, apart from any backfill",
    )
    .option("--pause", "pause due days at all sites, until --resume; a running backfill goes on")
    .option("--resume", "work on due days again")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
The live sync makes a day due some hours after its end, and once more before it leaves D1. A day that fails is tried again
by itself, at least once an hour. Exit code 1 if a day has failed, or a site does not respond.

Examples:
  npx bv-backfill due
  npx bv-backfill due --pause`,
    )
    .action(async ({ pause, resume, json }: DueOptions) => {
      if (pause && resume)
        throw new CommandError("--pause and --resume contradict each other", "Give one of them.", {
          exitCode: EXIT.usage,
        });
      if (pause || resume) return changePause(cli, pause ? "pause" : "resume", json);
      const list = await cli.backfill.request<DueList>("GET", "/backfill/due", "sites");
      if (list.sites_unavailable.length > 0) {
        note(`These sites do not respond, so their days are missing: ${list.sites_unavailable.join(", ")}`);
      }
      if (list.sites_unavailable.length > 0 || list.sites.some(({ days_failed }) => days_failed > 0))
        cli.exitCode = EXIT.partial;
      if (json) return printJson(list);
      for (const line of dueTable(list, stdoutWidth())) print(line);
      for (const { site, halt_reason } of list.sites)
        if (halt_reason !== null) printText(`${site}: ${halt_reason}`);
      if (list.paused) note(`Due days are paused. To go on: ${cli.commandLine("due --resume")}`);
      if (list.sites.length === 0) note("No day is due.");
    });
};

interface DueOptions {
  readonly pause?: true;
  readonly resume?: true;
  readonly json?: true;
}

async function changePause(cli: Cli, change: "pause" | "resume", json: true | undefined): Promise<void> {
  const changed = await requestChange(cli, "due", () =>
    cli.backfill.request<DuePaused>("POST", `/backfill/due/${change}`, "sites_unreached"),
  );
  if (json) printJson(changed);
  else print(change === "pause" ? "Due days are paused." : "Due days are worked on.");
  if (changed.sites_unreached.length === 0) return;
  note(`These sites did not respond and follow as soon as they do: ${changed.sites_unreached.join(", ")}`);
}

const COLUMNS: Column[] = [
  { title: "site", align: "left", names: true },
  { title: "day", align: "left" },
  { title: "state", align: "left" },
  { title: "due since (UTC)", align: "left" },
  { title: "fetched (UTC)", align: "left" },
  { title: "failures", align: "right" },
  { title: "next try (UTC)", align: "left" },
  { title: "error", align: "left", below: true },
];

/** A line for each due day. */
function dueTable({ sites }: Pick<DueList, "sites">, width: number): string[] {
  const rows = sites.flatMap(({ site, days }) => days.map((day) => [site, ...cellsOf(day)]));
  return rows.length === 0 ? [] : tableLines(COLUMNS, rows, { width });
}

const cellsOf = (day: DueDayEntry) => [
  day.date,
  day.state,
  timeOf([day.fetched_since, day.listed_at].sort().at(-1) ?? ""),
  day.fetched_at === null ? "-" : timeOf(day.fetched_at),
  formatCount(day.failures),
  day.retry_at === null ? "-" : timeOf(day.retry_at),
  day.state === "published" ? "" : (day.error ?? ""),
];
