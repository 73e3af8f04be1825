import { Option } from "commander";
import { namedPoints } from "../../client/client.ts";
import {
  AGGREGATES,
  type Aggregate,
  INTERVALS,
  type Interval,
  type QueryAnswer,
} from "../../src/contract/query.ts";
import { CommandError, chartInterval, costLine, EXIT, formatCount } from "../../terminal/terminal.ts";
import { count, site } from "../arguments.ts";
import type { AddCommand, Cli } from "../cli.ts";
import { chartOf, sayCsv, sayNdjson, sayTable } from "../query-shapes.ts";
import { note, say, stdoutWidth } from "../terminal.ts";
import { type TimeRange, timeRange } from "../time-range.ts";
import { sayPoints } from "./query-points.ts";

export const addQuery: AddCommand = (program, cli) => {
  program
    .command("query")
    .description("samples of points, as they are or folded; without a point, the points of the first day")
    .argument("[point...]", "names, as they stand in the file")
    .addOption(new Option("--site <name>", "of this site").argParser(site).makeOptionMandatory())
    .requiredOption("--from <day or time>", "as 2024-01-31, or 2024-01-31T08:00:00Z")
    .option("--to <day or time>", "a day is included, an instant is not (the first day where absent)")
    .addOption(new Option("--interval <width>", "of a bucket").choices(INTERVALS))
    .addOption(new Option("--agg <how>", "what a bucket says (avg where absent)").choices(AGGREGATES))
    .addOption(new Option("--csv", "point_name,timestamp,value; all of them").conflicts(["chart", "json"]))
    .addOption(new Option("--chart", "drawn, each point by itself").conflicts(["csv", "json"]))
    .addOption(new Option("--json", "all of them, a line each").conflicts(["csv", "chart"]))
    .option("--limit <n>", "rows of the table", count, 100)
    .addHelpText(
      "after",
      `
A table where nothing else is said. Exit code 1 where nobody has some of the days.

Examples:
  npx backfill query --site building_a --from 2024-01-01
  npx backfill query ses/building_a/weather/temp --site building_a --from 2024-01-01 --to 2024-01-07 --chart
  npx backfill query a b --site building_a --from 2024-01-01 --interval 1hr --agg max --csv > hours.csv`,
    )
    .action(async (points: string[], options: QueryOptions) => {
      const range = timeRange(options.from, options.to);
      if (points.length === 0 && !options.chart) return sayPoints(cli, options, range.fromMs);
      if (points.length === 0)
        throw new CommandError("Of which point?", ASK_POINTS, { exitCode: EXIT.usage });
      await sayAnswer(cli, points, options, range);
    });
};

const ASK_POINTS = "Name one behind query; without --chart it lists them.";

interface QueryOptions {
  readonly site: string;
  readonly from: string;
  readonly to?: string;
  readonly interval?: Interval;
  readonly agg?: Aggregate;
  readonly csv?: true;
  readonly chart?: true;
  readonly json?: true;
  readonly limit: number;
}

async function sayAnswer(cli: Cli, points: readonly string[], options: QueryOptions, range: TimeRange) {
  const missing = new Set<string>();
  const columns = Math.max(CHART_COLUMNS_MIN, Math.min(CHART_COLUMNS_MAX, stdoutWidth() - CHART_MARGIN));
  const drawn = chartInterval(range.toMs - range.fromMs, columns).interval;
  const interval = options.interval ?? (options.chart ? drawn : "raw");
  const asTable = !options.csv && !options.chart && !options.json;
  const pages = cli.query.pages([
    ["site_name", options.site],
    ...namedPoints(points),
    ["start_time", String(range.fromMs)],
    ["end_time", String(range.toMs)],
    ["interval", interval],
    ...(options.agg ? ([["agg", options.agg]] as const) : []),
    ...(asTable ? ([["limit", String(options.limit)]] as const) : []),
  ]);
  const told = tellingCost(pages, missing);
  if (options.csv) await sayCsv(told);
  else if (options.json) await sayNdjson(told);
  else if (options.chart) for (const line of await chartOf(told, points, range, columns)) say(line);
  else await sayTable(told);
  if (missing.size === 0) return;
  note(`Nobody has these days yet: ${[...missing].join(", ")}`);
  cli.exitCode = EXIT.partial;
}

/** Below it lines wrap, and there is no good drawing. */
const CHART_COLUMNS_MIN = 10;
const CHART_COLUMNS_MAX = 120;
/** The scale to the left. */
const CHART_MARGIN = 14;

async function* tellingCost(pages: AsyncIterable<QueryAnswer>, missing: Set<string>) {
  for await (const page of pages) {
    const { metadata } = page;
    for (const day of metadata.missing_days) missing.add(day);
    try {
      yield page;
    } finally {
      note(`${formatCount(metadata.total_samples)} rows ${costLine(metadata)}`);
    }
  }
}
