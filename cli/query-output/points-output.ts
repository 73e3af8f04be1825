import type { Cost, KnownPointsAnswer, PointsAnswer } from "../../src/contract/query.ts";
import { type EpochMs, utcDayOf } from "../../src/domain/day.ts";
import { type Column, costLine, counted, EXIT, formatCount, tableLines } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { csvLine, note, printAndDrain, stdoutWidth } from "../output.ts";
import { unknownSiteLines } from "./known-points.ts";

/** Prints the points of the day of `ms`, with the number of their samples and what they mean. */
export async function printPoints(cli: Cli, options: PointsOptions, ms: EpochMs): Promise<void> {
  const { site, q } = options;
  const day = utcDayOf(ms);
  const { state, points, metadata } = await cli.query.points(site, day, q);
  if (state === "missing") {
    note(`Not archived: ${day} of ${site}`);
    for (const line of await unknownSiteLines(cli.query, site, { fromMs: ms, toMs: ms + 1 })) note(line);
    cli.exitCode = EXIT.partial;
    return;
  }
  await printList(cli, options, { points, of: ` of ${day}`, metadata, form: OF_A_DAY });
}

/** Prints the points that were ever configured, with what they mean. */
export async function printKnownPoints(cli: Cli, options: PointsOptions): Promise<void> {
  const { points, metadata } = await cli.query.knownPoints(options.site, options.q);
  await printList(cli, options, { points, of: " that were ever configured", metadata, form: EVER });
  if (metadata.points_file !== "absent") return;
  note(
    `${options.site} has no points file yet: the Backfill Worker writes it with the first list of points.`,
  );
  cli.exitCode = EXIT.partial;
}

interface PointsOptions {
  readonly site: string;
  /** Only points that the Worker finds by these words. */
  readonly q?: string;
  readonly csv?: true;
  readonly json?: true;
  /** The most points; a table has 100 without it. */
  readonly limit?: number;
  /** Only points with such a name. */
  readonly matches?: (name: string) => boolean;
}

/** A list of points, and how it is printed. */
interface List<P> {
  readonly points: readonly P[];
  /** What they are points of. */
  readonly of: string;
  readonly metadata: Cost;
  readonly form: Form<P>;
}

interface Form<P> {
  readonly columns: readonly Column[];
  cellsOf(point: P): readonly string[];
  /** The columns of CSV; new ones are added at the end. */
  readonly fields: readonly (keyof P & string)[];
}

async function printList<P extends { readonly point_name: string }>(
  cli: Cli,
  { csv, json, limit, matches, q }: PointsOptions,
  { points: all, of, metadata, form }: List<P>,
): Promise<void> {
  const matching = matches ? all.filter(({ point_name }) => matches(point_name)) : all;
  const points = matching.slice(0, limit ?? (csv || json ? matching.length : LINES_DEFAULT));
  const lines = json
    ? points.map((point) => JSON.stringify(point))
    : csv
      ? [
          csvLine(form.fields),
          ...points.map((point) => csvLine(form.fields.map((field) => cellOf(point[field])))),
        ]
      : points.length === 0
        ? []
        : tableLines(form.columns, points.map(form.cellsOf), { width: stdoutWidth() });
  if (lines.length > 0) await printAndDrain(lines.join("\n"));
  const found = matches
    ? `${formatCount(matching.length)} of ${counted(all.length, "point")}`
    : counted(all.length, "point");
  note(`${found}${of} ${costLine(metadata)}`);
  if (points.length < matching.length)
    note(
      `These are the first ${formatCount(points.length)} points. For more, use --limit; for some, --q or --match.`,
    );
  if ((matches || q !== undefined) && matching.length === 0) cli.exitCode = EXIT.partial;
}

/** A table of more lines scrolls away. */
const LINES_DEFAULT = 100;

const POINT: Column = { title: "point", align: "left", names: true };
const MEANING: readonly Column[] = [
  { title: "units", align: "left" },
  { title: "description", align: "left", below: true },
];
const meaningOf = ({
  units,
  description,
}: {
  units?: string | null | undefined;
  description?: string | null | undefined;
}) => [units ?? "", description ?? ""];

const OF_A_DAY: Form<PointsAnswer["points"][number]> = {
  columns: [
    POINT,
    { title: "samples", align: "right" },
    { title: "first", align: "left" },
    { title: "last", align: "left" },
    ...MEANING,
  ],
  cellsOf: (point) => [
    point.point_name,
    formatCount(point.count),
    timeOfDay(point.first_timestamp),
    timeOfDay(point.last_timestamp),
    ...meaningOf(point),
  ],
  fields: ["point_name", "count", "first_timestamp", "last_timestamp", "units", "description"],
};

const EVER: Form<KnownPointsAnswer["points"][number]> = {
  columns: [POINT, { title: "first seen", align: "left" }, { title: "last seen", align: "left" }, ...MEANING],
  cellsOf: (point) => [point.point_name, point.first_seen, point.last_seen, ...meaningOf(point)],
  fields: [
    ...["point_name", "first_seen", "last_seen", "units", "description", "object_name", "object_type"],
    ...["object_index", "device_id", "device_name", "device_address", "point_type", "kv_tags", "marker_tags"],
    ...["collect_interval", "point_id"],
  ] as (keyof KnownPointsAnswer["points"][number])[],
};

const timeOfDay = (iso: string) => iso.slice(11, 23);

/** Tags as JSON. */
const cellOf = (value: unknown): string | number =>
  typeof value === "string" || typeof value === "number" ? value : value == null ? "" : JSON.stringify(value);
