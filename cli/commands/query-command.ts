import { Option } from "commander";
import { namedPoints } from "../../client/client.ts";
import { AGGREGATES, type Aggregate, type QueryAnswer, ROWS_MAX } from "../../src/contract/query.ts";
import { CommandError, chartInterval, costLine, counted, EXIT } from "../../terminal/terminal.ts";
import { count, interval, MATCHING, site } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { note, print, stdoutWidth } from "../output.ts";
import { pointFilter } from "../point-match.ts";
import {
  expandPatterns,
  firstRows,
  missingPointLines,
  pointCharts,
  pointsWithoutSamples,
  printCsv,
  printNdjson,
  printPoints,
  printTable,
  unitsOf,
  unknownSiteLines,
} from "../query-output/query-output.ts";
import { type TimeRange, timeRange } from "../time-range.ts";

export const addQuery: AddCommand = (program, cli) => {
  program
    .command("query")
    .description("print the samples of points, raw or aggregated; without a point, list the points of a day")
    .argument("[point...]", "point names, or patterns such as 'ses/*/temp', in quotes")
    .addOption(new Option("--site <name>", "site of the points").argParser(site).makeOptionMandatory())
    .requiredOption("--from <day or time>", "such as 2024-01-31 or 2024-01-31T08:00:00Z")
    .option("--to <day or time>", "a day is included, a time is not (default: the day of --from)")
    .addOption(
      new Option(
        "--interval <width>",
        "raw, or aggregate over intervals such as 30s, 5m, 1h, 1d, 1week or 1month",
      ).argParser(interval),
    )
    .addOption(new Option("--agg <function>", "value of an interval (default: avg)").choices(AGGREGATES))
    .addOption(
      new Option("--csv", "print all rows as CSV: point_name,timestamp,value").conflicts(["chart", "json"]),
    )
    .addOption(new Option("--chart", "draw a chart of each point").conflicts(["csv", "json"]))
    .addOption(new Option("--json", "print all rows as JSON, one per line").conflicts(["csv", "chart"]))
    .addOption(
      new Option(
        "--limit <n>",
        "show at most so many rows, or points of a list (default: 100 in a table, all with --csv or --json)",
      )
        .argParser(count)
        .conflicts("chart"),
    )
    .option("--match <text or pattern>", `without a point: ${MATCHING}`)
    .addHelpText(
      "after",
      `
Prints a table by default. In a pattern, * stands for any characters, including /, and ? for one. Put patterns in quotes,
or the shell expands them. A pattern may match at most 100 points. Exit code 1 if days of the range are not archived, if a
point does not exist, or if there are no samples at all.

Examples:
  npx bv-backfill query --site building_a --from 2024-01-01 --match temp
  npx bv-backfill query ses/building_a/weather/temp --site building_a --from 2024-01-01 --to 2024-01-07 --chart
  npx bv-backfill query 'ses/*/weather/*' --site building_a --from 2024-01-01 --interval 1h
  npx bv-backfill query a b --site building_a --from 2024-01-01 --interval 1h --agg max --csv > hours.csv
  npx bv-backfill query a --site building_a --from 2022 --to 2024 --interval 1month`,
    )
    .action(async (points: string[], options: QueryOptions) => {
      const range = timeRange(options.from, options.to);
      if (points.length === 0 && !options.chart) {
        const { match, ...printed } = options;
        const matches = match === undefined ? {} : { matches: pointFilter(match) };
        return printPoints(cli, { ...printed, ...matches }, range.fromMs);
      }
      if (points.length === 0) {
        throw new CommandError("--chart needs a point.", "To list the points, leave out --chart.", {
          exitCode: EXIT.usage,
        });
      }
      if (options.match !== undefined) {
        throw new CommandError(
          "--match is for lists of points.",
          "Write the pattern in the place of the point.",
          {
            exitCode: EXIT.usage,
          },
        );
      }
      await printSamples(cli, await expandPatterns(cli.query, options.site, points, range), options, range);
    });
};

interface QueryOptions {
  readonly site: string;
  readonly from: string;
  readonly to?: string;
  readonly interval?: string;
  readonly agg?: Aggregate;
  readonly csv?: true;
  readonly chart?: true;
  readonly json?: true;
  readonly limit?: number;
  readonly match?: string;
}

/** Rows of a table; more scroll away. */
const TABLE_ROWS_DEFAULT = 100;

async function printSamples(cli: Cli, points: readonly string[], options: QueryOptions, range: TimeRange) {
  const columns = Math.max(CHART_COLUMNS_MIN, Math.min(CHART_COLUMNS_MAX, stdoutWidth() - CHART_MARGIN));
  const fitting = chartInterval(range.toMs - range.fromMs, columns).interval;
  const width = options.interval ?? (options.chart ? fitting : "raw");
  const asTable = !options.csv && !options.chart && !options.json;
  // CSV and JSON have the columns that scripts know.
  const units = options.csv || options.json ? new Map() : await unitsOf(cli.query, options.site, points);
  const seen: Seen = { missingDays: new Set(), points: new Set() };
  const limit = options.limit ?? (asTable ? TABLE_ROWS_DEFAULT : undefined);
  let isCut = false;
  const all = noting(
    cli.query.pages([
      ["site_name", options.site],
      ...namedPoints(points),
      ["start_time", String(range.fromMs)],
      ["end_time", String(range.toMs)],
      ["interval", width],
      ...(options.agg ? ([["agg", options.agg]] as const) : []),
      ...(limit === undefined ? [] : ([["limit", String(Math.min(limit, ROWS_MAX))]] as const)),
    ]),
    seen,
  );
  const onCut = () => {
    isCut = true;
  };
  // A table prints one page, and says itself that more follow.
  const pages = asTable || limit === undefined ? all : firstRows(all, limit, onCut);
  if (options.csv) await printCsv(pages);
  else if (options.json) await printNdjson(pages);
  else if (options.chart)
    for (const line of await pointCharts(pages, points, range, columns, units)) print(line);
  else isCut = await printTable(pages, units);
  await reportMissing(cli, points, options, range, seen, isCut);
}

/** Below it lines wrap, and a chart can't be read. */
const CHART_COLUMNS_MIN = 10;
const CHART_COLUMNS_MAX = 120;
/** Columns of the scale to the left. */
const CHART_MARGIN = 14;

/** What the pages of a query had. */
interface Seen {
  readonly missingDays: Set<string>;
  readonly points: Set<string>;
}

/** Passes the pages on, records what they have, and prints the cost of each. */
async function* noting(pages: AsyncIterable<QueryAnswer>, seen: Seen) {
  for await (const page of pages) {
    const { metadata } = page;
    for (const day of metadata.missing_days) seen.missingDays.add(day);
    for (const { point_name } of page.samples) seen.points.add(point_name);
    try {
      yield page;
    } finally {
      note(`${counted(metadata.total_samples, "row")} ${costLine(metadata)}`);
    }
  }
}

/** Notes days that are not archived and points without samples, and sets the exit code. */
async function reportMissing(
  cli: Cli,
  points: readonly string[],
  { site, from, to }: QueryOptions,
  range: TimeRange,
  seen: Seen,
  isCut: boolean,
): Promise<void> {
  const { query } = cli;
  const unseen = [...new Set(points)].filter((point) => !seen.points.has(point));
  // Rows that a table does not show may be of these points.
  const missing =
    isCut && unseen.length > 0 ? await pointsWithoutSamples(query, site, unseen, range) : unseen;
  if (seen.missingDays.size > 0) note(`Not archived: ${[...seen.missingDays].join(", ")}`);
  const isNothingFound = seen.points.size === 0 && seen.missingDays.size > 0;
  const siteLines = isNothingFound ? await unknownSiteLines(query, site, range) : [];
  for (const line of siteLines) note(line);
  let areAllKnown = true;
  // Of a site that is not there, no point is named one by one.
  if (missing.length > 0 && siteLines.length === 0) {
    const shown = to === undefined || to === from ? `on ${from}` : `between ${from} and ${to}`;
    const found = await missingPointLines(query, site, missing, { ...range, shown });
    for (const line of found.lines) note(line);
    areAllKnown = found.areAllKnown;
  }
  if (seen.missingDays.size > 0 || seen.points.size === 0 || !areAllKnown) cli.exitCode = EXIT.partial;
}
