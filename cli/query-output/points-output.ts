import type { PointsAnswer } from "../../src/contract/query.ts";
import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import { type Column, costLine, counted, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { csvLine, note, printAndDrain, stdoutWidth } from "../output.ts";
import { unknownSiteLines } from "./known-points.ts";

const COLUMNS: Column[] = [
  { title: "point", align: "left", names: true },
  { title: "samples", align: "right" },
  { title: "first", align: "left" },
  { title: "last", align: "left" },
];

/** Prints the points of the day of `ms`, with the number of their samples. */
export async function printPoints(
  cli: Cli,
  { site, csv, json, matches, limit }: PointsOptions,
  ms: EpochMs,
): Promise<void> {
  const day = utcDayOf(ms);
  const { state, points: all, metadata } = await cli.query.points(site, day);
  if (state === "missing") {
    note(`Not archived: ${day} of ${site}`);
    for (const line of await unknownSiteLines(cli.query, site, { fromMs: ms, toMs: ms + 1 })) note(line);
    cli.exitCode = EXIT.partial;
    return;
  }
  const matching = matches ? all.filter(({ point_name }) => matches(point_name)) : all;
  const points = matching.slice(0, limit ?? (csv || json ? matching.length : LINES_DEFAULT));
  const lines = json ? points.map((point) => JSON.stringify(point)) : csv ? csvOf(points) : tableOf(points);
  if (lines.length > 0) await printAndDrain(lines.join("\n"));
  const found = matches
    ? `${formatCount(matching.length)} of ${counted(all.length, "point")}`
    : counted(all.length, "point");
  note(`${found} of ${day} ${costLine(metadata)}`);
  if (points.length < matching.length)
    note(
      `These are the first ${formatCount(points.length)} points. For more, use --limit; for some, --match.`,
    );
  if (matches && matching.length === 0) cli.exitCode = EXIT.partial;
}

interface PointsOptions {
  readonly site: string;
  readonly csv?: true;
  readonly json?: true;
  /** The most points; a table has 100 without it. */
  readonly limit?: number;
  /** Only points with such a name. */
  readonly matches?: (name: string) => boolean;
}

/** A table of more lines scrolls away. */
const LINES_DEFAULT = 100;

type Points = PointsAnswer["points"];

const csvOf = (points: Points) => [
  csvLine(FIELDS),
  ...points.map((point) => csvLine(FIELDS.map((field) => point[field]))),
];

const FIELDS = ["point_name", "count", "first_timestamp", "last_timestamp"] as const;

function tableOf(points: Points): string[] {
  if (points.length === 0) return [];
  const rows = points.map(({ point_name, count, first_timestamp, last_timestamp }) => [
    point_name,
    formatCount(count),
    timeOfDay(first_timestamp),
    timeOfDay(last_timestamp),
  ]);
  return tableLines(COLUMNS, rows, { width: stdoutWidth() });
}

const timeOfDay = (iso: string) => iso.slice(11, 23);
