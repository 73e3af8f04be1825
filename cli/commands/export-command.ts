import { Option } from "commander";
import { DAY_MS, dayStartMs, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { days, daysBetween, FROM_DAY, sites, TO_DAY } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import { type ExportRange, exportCsv, exportFiles, missingDay, rethrowDiskError } from "../export/export.ts";
import { note } from "../output.ts";
import { unknownSiteLines } from "../query-output/query-output.ts";
import { withInterruptNote } from "../watch/watch.ts";

export const addExport: AddCommand = (program, cli) => {
  program
    .command("export")
    .description("download archived days as Parquet files, byte for byte, or as one CSV file")
    .argument("<from>", FROM_DAY, days)
    .argument("[to]", TO_DAY, days)
    .addOption(new Option("--site <name>", "site; may be repeated").argParser(sites).makeOptionMandatory())
    .option("--out <folder>", "folder for the Parquet files, which have the same paths as in R2", "export")
    .addOption(
      new Option(
        "--csv <file>",
        "write one CSV file instead: timestamp,site_name,point_name,value",
      ).conflicts("out"),
    )
    .addHelpText(
      "after",
      `
Every file is checked against its size and SHA-256 in the archive. In a pipe, the path of each file is printed. The same
command resumes an interrupted export: complete files are not fetched again, and a CSV continues after its last complete
day. Exit code 1 if days are not archived.

Examples:
  npx bv-backfill export 2024-01-01 2024-12-31 --site building_a --out ./archive
  npx bv-backfill export 2024-01-01 2024-01-07 --site building_a --csv week.csv`,
    )
    .action(async (first: Days, last: Days | undefined, options: ExportOptions) => {
      const range: ExportRange = { ...daysBetween(first, last), sites: options.site };
      if (range.from > range.to) {
        throw new CommandError(`${range.from} is not before ${range.to}.`, "Put the first day first.", {
          exitCode: EXIT.usage,
        });
      }
      // Later requests are retried for a while; a wrong address is reported at once.
      await cli.query.checkReachable();
      const missing = await withInterruptNote(cli, "To resume, run the same command again.", () =>
        options.csv === undefined ? exportFiles(cli, options.out, range) : exportCsv(cli, options.csv, range),
      ).catch(rethrowDiskError);
      if (missing.length === 0) return;
      note(`Not archived: ${missing.join(", ")}`);
      for (const line of await siteLines(cli, range, missing)) note(line);
      note(`To see their status: ${cli.commandLine(`days ${range.from} ${range.to}`)}`);
      cli.exitCode = EXIT.partial;
    });
};

/** What can be said of the sites of which no day of the range is archived. */
async function siteLines({ query }: Cli, range: ExportRange, missing: readonly string[]): Promise<string[]> {
  const days = daysOf(range.from, range.to);
  const span = { fromMs: dayStartMs(range.from), toMs: dayStartMs(range.to) + DAY_MS };
  const lines: string[] = [];
  for (const site of range.sites) {
    if (days.some((day) => !missing.includes(missingDay(day, site)))) continue;
    lines.push(...(await unknownSiteLines(query, site, span)));
  }
  return lines;
}

interface ExportOptions {
  readonly site: readonly SiteName[];
  readonly out: string;
  readonly csv?: string;
}
