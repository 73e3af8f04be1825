import type { PointsAnswer } from "../../src/contract/query.ts";
import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import { type Column, costLine, counted, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { csvLine, note, printAndDrain, stdoutWidth } from "../output.ts";

const COLUMNS: Column[] = [
  { title: "point", align: "left", names: true },
  { title: "samples", align: "right" },
  { title: "first", align: "left" },
  { title: "last", align: "left" },
];

/** Prints the points of the day of `ms`, with the number of their samples. */
export async function printPoints(
  cli: Cli,
  { site, csv, json, matches }: PointsOptions,
  ms: EpochMs,
): Promise<void> {
  const day = utcDayOf(ms);
  const { state, points: all, metadata } = await cli.query.points(site, day);
  if (state === "missing") {
    note(`Not archived: ${day} of ${site}`);
    cli.exitCode = EXIT.partial;
    return;
  }
  const points = matches ? all.filter(({ point_name }) => matches(point_name)) : all;
  const lines = json ? points.map((point) => JSON.stringify(point)) : csv ? csvOf(points) : tableOf(points);
  if (lines.length > 0) await printAndDrain(lines.join("\n"));
  const found = matches
    ? `${formatCount(points.length)} of ${counted(all.length, "point")}`
    : counted(all.length, "point");
  note(`${found} of ${day} ${costLine(metadata)}`);
  if (matches && points.length === 0) cli.exitCode = EXIT.partial;
}

interface PointsOptions {
  readonly site: string;
  readonly csv?: true;
  readonly json?: true;
  /** Only points with such a name. */
  readonly matches?: (name: string) => boolean;
}

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
