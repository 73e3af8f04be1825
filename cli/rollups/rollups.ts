/** Roll-ups on the command line. The door of this folder. */
import { poll } from "../../client/client.ts";
import type { RollupsAccepted, SiteRollups } from "../../src/contract/backfill.ts";
import { counted, EXIT, lostLine } from "../../terminal/terminal.ts";
import {
  days,
  fromDay,
  jsonOption,
  type Selection,
  selectedRange,
  selectionFields,
  siteOption,
  TO_DAY,
} from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import { note, print, printJson, stdoutWidth } from "../output.ts";
import { LOST, requestChange, watchScreen, watchWorker } from "../watch/watch.ts";
import { rollupLine, rollupTable } from "./rollup-lines.ts";

export const addRollups: AddCommand = (program, cli) => {
  program
    .command("rollups")
    .description("make the roll-ups that are missing or lack days, which queries of long ranges read")
    .argument("[from]", fromDay("every archived day"), days)
    .argument("[to]", TO_DAY, days)
    .option("--show", "make none, and show the roll-ups")
    .option("--watch", "wait until they are made")
    .addOption(siteOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
A roll-up has a site's quarter of a year by the hour, or a month of its raw samples, point by point. The Worker makes roll-ups
by itself, whenever it has nothing else to do, those of months once the month is over. This command has those of a range made
although they lack only a few days, or although a day could not be read before.
Exit code 1 if a day can't be read or a roll-up can't be stored.

Examples:
  npx bv-backfill rollups
  npx bv-backfill rollups 2024 --watch`,
    )
    .action(async (from: Days | undefined, to: Days | undefined, options: RollupOptions) => {
      const selection = { ...options, ...selectedRange(from, to) };
      if (!options.show) await startMaking(cli, selection);
      const all = options.watch ? await watchRollups(cli) : await cli.backfill.rollups();
      const sites = all.filter(({ site }) => !options.site || site === options.site);
      if (sites.some(({ last_error }) => last_error !== null)) cli.exitCode = EXIT.partial;
      if (options.json) return printJson(sites);
      for (const line of rollupTable(sites, stdoutWidth())) print(line);
      if (sites.every(({ quarters }) => quarters.length === 0)) note("Nothing is archived yet.");
    });
};

interface RollupOptions extends Selection {
  readonly show?: true;
  readonly watch?: true;
  readonly json?: true;
}

async function startMaking(cli: Cli, selection: Selection): Promise<void> {
  const { sites } = await requestChange(cli, "rollups --show", () =>
    cli.backfill.request<RollupsAccepted>("POST", "/backfill/rollups", "sites", selectionFields(selection)),
  );
  for (const { site, days: lacking, periods } of sites)
    note(
      periods === 0
        ? `${site}: no roll-up is missing or lacks a day`
        : `${site}: ${counted(periods, "roll-up")} to make, with ${counted(lacking, "day")}`,
    );
}

/** Shows the roll-ups until there is none to make. Ctrl-C stops watching; they are made all the same. */
async function watchRollups(cli: Cli): Promise<SiteRollups[]> {
  const screen = watchScreen(cli, process.stderr);
  const show = (sites: SiteRollups[]) => screen.show(sites.map(rollupLine));
  const lost = (silentMs: number) => screen.show([screen.width === undefined ? LOST : lostLine(silentMs)]);
  const isDone = (sites: SiteRollups[]) => sites.every(({ state }) => state === "idle");
  const watching = {
    what: "making of roll-ups",
    again: [`To watch again: ${cli.commandLine("rollups --show --watch")}`],
  } as const;
  const sites = await watchWorker<SiteRollups[]>(cli, watching, (polling) =>
    poll(() => cli.backfill.rollups(), isDone, { ...polling, show, lost }),
  );
  screen.settle();
  return sites;
}
