import { EXIT } from "../../local/exit-codes.ts";
import { whole } from "../../local/figures.ts";
import { costLine } from "../../local/query-answer.ts";
import { type Column, tableLines } from "../../local/table.ts";
import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import type { Cli } from "../cli.ts";
import { note, say, stdoutWidth } from "../terminal.ts";

const COLUMNS: Column[] = [
  { title: "point", align: "left" },
  { title: "samples", align: "right" },
  { title: "first", align: "left" },
  { title: "last", align: "left" },
];

/** What can be asked for: the points of a day. */
export async function sayPoints(cli: Cli, site: string, ms: EpochMs): Promise<void> {
  const day = utcDayOf(ms);
  const { state, points, metadata } = await cli.query.points(site, day);
  if (state === "missing") {
    note(`Nobody has ${day} of ${site}.`);
    cli.exitCode = EXIT.partial;
    return;
  }
  const rows = points.map(({ point_name, count, first_timestamp, last_timestamp }) => [
    point_name,
    whole(count),
    timeOfDay(first_timestamp),
    timeOfDay(last_timestamp),
  ]);
  for (const line of tableLines(COLUMNS, rows, { width: stdoutWidth() })) say(line);
  note(`${whole(points.length)} points of ${day} ${costLine(metadata)}`);
}

const timeOfDay = (iso: string) => iso.slice(11, 23);
