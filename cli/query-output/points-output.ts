import type { PointsAnswer } from "../../src/contract/query.ts";
import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import { type Column, costLine, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { csvLine, note, printAndDrain, stdoutWidth } from "../output.ts";

const COLUMNS: Column[] = [
  { title: "point", align: "left" },
  { title: "samples", align: "right" },
  { title: "first", align: "left" },
  { title: "last", align: "left" },
];

/** Prints the points of the day of `ms`, with the number of their samples. */
export async function printPoints(cli: Cli, { site, csv, json }: PointsOptions, ms: EpochMs): Promise<void> {
  const day = utcDayOf(ms);
  const { state, points, metadata } = await cli.query.points(site, day);
  if (state === "missing") {
    note(`Not archived: ${day} of ${site}`);
    cli.exitCode = EXIT.partial;
    return;
  }
  const lines = json ? points.map((point) => JSON.stringify(point)) : csv ? csvOf(points) : tableOf(points);
  if (lines.length > 0) await printAndDrain(lines.join("\n"));
  note(`${formatCount(points.length)} points of ${day} ${costLine(metadata)}`);
}

interface PointsOptions {
  readonly site: string;
  readonly csv?: true;
  readonly json?: true;
}

type Points = PointsAnswer["points"];

const csvOf = (points: Points) => [
  csvLine(FIELDS),
  ...points.map((point) => csvLine(FIELDS.map((field) => point[field]))),
];

const FIELDS = ["point_name", "count", "first_timestamp", "last_timestamp"] as const;

function tableOf(points: Points): string[] {
  const rows = points.map(({ point_name, count, first_timestamp, last_timestamp }) => [
    point_name,
    formatCount(count),
    timeOfDay(first_timestamp),
    timeOfDay(last_timestamp),
  ]);
  return tableLines(COLUMNS, rows, { width: stdoutWidth() });
}

const timeOfDay = (iso: string) => iso.slice(11, 23);
