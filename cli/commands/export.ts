import { Option } from "commander";
import { daysOf, type UtcDay } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { CommandError, EXIT, formatCount, formatDuration } from "../../terminal/terminal.ts";
import { day, sites } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { CsvExport } from "../export/csv-file.ts";
import { throwDiskFault } from "../export/disk-fault.ts";
import { bringFile } from "../export/parquet-folder.ts";
import { note, say } from "../terminal.ts";
import { stoppable, watchScreen } from "../watched.ts";

export const addExport: AddCommand = (program, cli) => {
  program
    .command("export")
    .description("archived days as Parquet files on this machine, byte for byte, or as one CSV")
    .argument("<from>", "first day, YYYY-MM-DD", day)
    .argument("[to]", "last day, included (the first where absent)", day)
    .addOption(
      new Option("--site <name>", "of this site: may be given again").argParser(sites).makeOptionMandatory(),
    )
    .option("--out <folder>", "for the files, which keep their keys of R2 below it", "export")
    .addOption(
      new Option(
        "--csv <file>",
        "one CSV in place of the files: timestamp,site_name,point_name,value",
      ).conflicts("out"),
    )
    .addHelpText(
      "after",
      `
Every file is checked against the size and SHA-256 that the archive has of it; into a pipe goes its path. Broken off,
the same command goes on: files that are there and right are not fetched again, and a CSV goes on behind its last whole
day. Exit code 1 where days are not archived.

Examples:
  npx backfill export 2024-01-01 2024-12-31 --site building_a --out ./archive
  npx backfill export 2024-01-01 2024-01-07 --site building_a --csv week.csv`,
    )
    .action(async (from: UtcDay, to: UtcDay | undefined, options: ExportOptions) => {
      const wanted = { from, to: to ?? from, sites: options.site };
      if (wanted.from > wanted.to) throw reversed(wanted);
      // Later what can't be reached is waited for; a wrong address is said at once.
      await cli.query.checkReachable();
      const missing = await stoppable(cli, "The same command goes on where it is.", () =>
        options.csv === undefined
          ? exportFiles(cli, options.out, wanted)
          : exportCsv(cli, options.csv, wanted),
      ).catch(throwDiskFault);
      if (missing.length === 0) return;
      note(`Not archived: ${missing.join(", ")}\nHow they stand: ${cli.typed(`days ${from} ${wanted.to}`)}`);
      cli.exitCode = EXIT.partial;
    });
};

interface ExportOptions {
  readonly site: readonly SiteName[];
  readonly out: string;
  readonly csv?: string;
}

async function exportFiles(cli: Cli, folder: string, { from, to, sites }: CsvExport): Promise<string[]> {
  const { query } = cli;
  const progress = progressLines(cli);
  const files = daysOf(from, to).flatMap((date) => sites.map((site) => ({ date, site })));
  const counts = { fetched: 0, there: 0, missing: 0 };
  const missing: string[] = [];
  let bytes = 0;
  for (const [index, { date, site }] of files.entries()) {
    const brought = await bringFile(query, folder, site, date);
    counts[brought.kind] += 1;
    if (brought.kind === "missing") missing.push(`${date} of ${site}`);
    else {
      bytes += brought.bytes;
      // On a terminal the lines of the progress are drawn over.
      if (!process.stdout.isTTY) say(brought.path);
    }
    progress.show(index + 1, files.length, bytes);
  }
  progress.settle();
  note(`${counts.fetched} fetched, ${counts.there} were there, ${counts.missing} missing`);
  return missing;
}

async function exportCsv(cli: Cli, path: string, wanted: CsvExport): Promise<readonly string[]> {
  // It reads Parquet, which no other command does.
  const { writeCsvFile } = await import("../export/csv-file.ts");
  const progress = progressLines(cli);
  const missing = await writeCsvFile(cli.query, path, wanted, ({ filesDone, bytes }, filesTotal) =>
    progress.show(filesDone, filesTotal, bytes),
  );
  progress.settle();
  say(path);
  return missing;
}

function progressLines(cli: Cli) {
  const screen = watchScreen(cli, process.stderr);
  const beganMs = performance.now();
  let first: number | undefined;
  return {
    show(done: number, total: number, bytes: number) {
      first ??= done - 1;
      const leftMs = ((performance.now() - beganMs) * (total - done)) / (done - first);
      screen.show([
        `${formatCount(done)} of ${formatCount(total)} files, ${formatCount(bytes / 1024)} KB, ETA ${formatDuration(leftMs)}`,
      ]);
    },
    settle: () => screen.settle(),
  };
}

const reversed = ({ from, to }: CsvExport) =>
  new CommandError(`${from} does not lie before ${to}.`, "Name the first day first.", {
    exitCode: EXIT.usage,
  });
