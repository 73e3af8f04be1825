import { extname } from "node:path";
import { type Command, Option } from "commander";
import { AGGREGATES, type Aggregate } from "../../src/contract/query.ts";
import { DAY_MS, dayStartMs, daysOf } from "../../src/domain/day.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { days, daysBetween, FROM_DAY, interval, sites, TO_DAY } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import type { Days } from "../days.ts";
import {
  type ExportRange,
  exportCsv,
  exportFiles,
  exportSelection,
  missingDay,
  type PointSelection,
  rethrowDiskError,
  type SelectionFormat,
  type SelectionOutcome,
} from "../export/export.ts";
import { note } from "../output.ts";
import { missingPointLines, unknownSiteLines } from "../query-output/query-output.ts";
import { withInterruptNote } from "../watch/watch.ts";

export const addExport: AddCommand = (program, cli) => {
  program
    .command("export")
    .description(
      "download archived days as Parquet files, byte for byte, or as one CSV file; or some points as one file",
    )
    .argument("<from>", FROM_DAY, days)
    .argument("[to]", TO_DAY, days)
    .addOption(new Option("--site <name>", "site; may be repeated").argParser(sites).makeOptionMandatory())
    .option(
      "--out <path>",
      "folder for the Parquet files, which have the same paths as in R2; with --points the file",
      FOLDER_DEFAULT,
    )
    .addOption(
      new Option(
        "--csv <file>",
        "write one CSV file instead: timestamp,site_name,point_name,value",
      ).conflicts("out"),
    )
    .option(
      "--points <name...>",
      "only these points, in one file: names, or patterns such as 'ses/*/temp', in quotes",
    )
    .addOption(
      new Option(
        "--interval <width>",
        "with --points: raw, or aggregate over intervals such as 30s, 5m, 1h or 1d (default: raw)",
      ).argParser(interval),
    )
    .addOption(
      new Option("--agg <function>", "with --interval: value of an interval (default: avg)").choices(
        AGGREGATES,
      ),
    )
    .addOption(
      new Option("--format <name>", "with --points: of the file (default: by the end of its name)")
        .choices(FORMATS)
        .conflicts("csv"),
    )
    .addHelpText(
      "after",
      `
Every file is checked against its size and SHA-256 in the archive. In a pipe, the path of each file is printed. The same
command resumes an interrupted export: complete files are not fetched again, and a CSV continues after its last complete
day. Exit code 1 if days are not archived.

With --points the samples of these points of one site, also those that are not archived yet, are written to one CSV or
Parquet file with the columns of the archive, in order of day, then of point, then of time. Patterns may match at most 100
points. The same command resumes after the last rows that are complete in the file, and keeps the points that the patterns
stood for. Exit code 1 as for query; there is no file if there are no samples at all.

Examples:
  npx bv-backfill export 2024-01-01 2024-12-31 --site building_a --out ./archive
  npx bv-backfill export 2024-01-01 2024-01-07 --site building_a --csv week.csv
  npx bv-backfill export 2024 --site building_a --points 'ses/*/temp' --interval 1h --out temperatures.parquet`,
    )
    .action(async (first: Days, last: Days | undefined, options: ExportOptions, command: Command) => {
      const range: ExportRange = { ...daysBetween(first, last), sites: options.site };
      if (range.from > range.to)
        throw usage(`${range.from} is not before ${range.to}.`, "Put the first day first.");
      const selected = selectedFile(range, options, command);
      // Later requests are retried for a while; a wrong address is reported at once.
      await cli.query.checkReachable();
      if (selected) return exportPoints(cli, selected);
      const missing = await resumable(cli, () =>
        options.csv === undefined ? exportFiles(cli, options.out, range) : exportCsv(cli, options.csv, range),
      );
      if (missing.length === 0) return;
      note(`Not archived: ${missing.join(", ")}`);
      for (const line of await siteLines(cli, range, missing)) note(line);
      note(`To see their status: ${cli.commandLine(`days ${range.from} ${range.to}`)}`);
      cli.exitCode = EXIT.partial;
    });
};

const FOLDER_DEFAULT = "export";
const FORMATS: readonly SelectionFormat[] = ["csv", "parquet"];

interface ExportOptions {
  readonly site: readonly SiteName[];
  readonly out: string;
  readonly csv?: string;
  readonly points?: readonly string[];
  readonly interval?: string;
  readonly agg?: Aggregate;
  readonly format?: SelectionFormat;
}

interface SelectedFile {
  readonly path: string;
  readonly format: SelectionFormat;
  readonly selection: PointSelection;
}

/** The file of some points, where the command names points. Throws `CommandError` (usage). */
function selectedFile(
  range: ExportRange,
  options: ExportOptions,
  command: Command,
): SelectedFile | undefined {
  const { points, csv, format, interval = "raw", agg } = options;
  if (!points) {
    const alone = (["interval", "agg", "format"] as const).find((name) => options[name] !== undefined);
    if (alone) throw usage(`--${alone} is for an export of some points.`, "Name them with --points.");
    return undefined;
  }
  const [site, ...others] = range.sites;
  if (!site || others.length > 0) throw usage("--points are of one site.", "Name one --site.");
  const path = csv ?? (command.getOptionValueSource("out") === "cli" ? options.out : undefined);
  if (path === undefined)
    throw usage("--points needs a file.", "Name it with --out, such as --out week.parquet.");
  const selection = { site, from: range.from, to: range.to, points, interval, ...(agg && { agg }) };
  return { path, format: format ?? (csv === undefined ? formatOf(path) : "csv"), selection };
}

function formatOf(path: string): SelectionFormat {
  const found = FORMATS.find((format) => extname(path).toLowerCase() === `.${format}`);
  if (found) return found;
  throw usage(
    `The name ${path} does not say which format the file is to have.`,
    "Let it end with .csv or .parquet, or pass --format.",
  );
}

async function exportPoints(cli: Cli, { path, format, selection }: SelectedFile): Promise<void> {
  const outcome = await resumable(cli, () => exportSelection(cli, path, format, selection));
  if (await isIncomplete(cli, selection, outcome)) cli.exitCode = EXIT.partial;
}

/** Notes days that are not archived and points without samples. */
async function isIncomplete(
  { query }: Cli,
  { site, from, to }: PointSelection,
  { rows, unseen, missingDays }: SelectionOutcome,
): Promise<boolean> {
  const range = { fromMs: dayStartMs(from), toMs: dayStartMs(to) + DAY_MS };
  if (missingDays.length > 0) note(`Not archived: ${missingDays.join(", ")}`);
  const siteLines = rows === 0 && missingDays.length > 0 ? await unknownSiteLines(query, site, range) : [];
  for (const line of siteLines) note(line);
  let areAllKnown = true;
  // Of a site that is not there, no point is named one by one.
  if (unseen.length > 0 && siteLines.length === 0) {
    const shown = from === to ? `on ${from}` : `between ${from} and ${to}`;
    const found = await missingPointLines(query, site, unseen, { ...range, shown });
    for (const line of found.lines) note(line);
    areAllKnown = found.areAllKnown;
  }
  if (rows === 0) note("There are no samples to export: no file was written.");
  return missingDays.length > 0 || rows === 0 || !areAllKnown;
}

const resumable = <T>(cli: Cli, act: () => Promise<T>): Promise<T> =>
  withInterruptNote(cli, "To resume, run the same command again.", act).catch(rethrowDiskError);

const usage = (message: string, advice: string) =>
  new CommandError(message, advice, { exitCode: EXIT.usage });

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
