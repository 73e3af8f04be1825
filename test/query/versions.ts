import { LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { objectKey } from "../../src/domain/layout.ts";
import { queryWithDuckdb } from "../reference/duckdb.ts";
import type { Sample } from "../support/parquet/reference.ts";
import { dayFile, SITE } from "../support/query/archive.ts";
import type { MemoryArchive } from "../support/query/memory-archive.ts";
import { type ArchivedDay, dayAt, fullDay, NAMES } from "./archives.ts";

/** Not in the order of the file, and far from each other in it: three ranges. */
export const POINTS = [NAMES[11], NAMES[1], NAMES[5]] as string[];

export const TITLES = ["first", "other values", "other row groups", "fewer points", "empty", "gone"] as const;
export type Title = (typeof TITLES)[number];

/** A former or the current object of a day. */
export interface Version {
  /** undefined: there is no object. */
  readonly bytes: Uint8Array | undefined;
  readonly rowGroups: number;
  /** DuckDB's rows of `POINTS`, one a line, in the order of an answer. */
  readonly rows: string;
  /** DuckDB's summary of all points, in order of name. */
  readonly points: readonly string[];
}

export type DayVersions = Readonly<Record<Title, Version>>;

export async function versionsOf(nth: number): Promise<DayVersions> {
  const versions: Partial<Record<Title, Version>> = {};
  for (const title of TITLES) versions[title] = await versionOf(dayLike(title, nth), nth);
  return versions as DayVersions;
}

export function place(bucket: MemoryArchive, nth: number, { bytes }: Version): void {
  const key = objectKey(SITE, dayAt(nth));
  if (bytes) bucket.place(key, bytes);
  else bucket.remove(key);
}

/** Each version has other values. The gaps between the points of the query are too large to be read instead of requests. */
function dayLike(title: Title, nth: number): ArchivedDay {
  const seed = TITLES.indexOf(title) + 1;
  const full = fullDay(nth, 1_000, title === "other row groups" ? 700 : 250, seed);
  const isWanted = ({ point }: Sample, at: number) =>
    !POINTS.includes(NAMES[point] as string) || at % 20 === 0;
  const day = { ...full, samples: full.samples?.filter(isWanted) };
  switch (title) {
    case "first":
    case "other values":
    case "other row groups":
      return day;
    case "fewer points":
      return { ...day, samples: day.samples?.filter(({ point }) => point !== 5) };
    case "empty":
      return { ...day, samples: [] };
    case "gone":
      return { ...day, samples: undefined };
    default:
      return title satisfies never;
  }
}

async function versionOf({ samples, rowGroupSize }: ArchivedDay, nth: number): Promise<Version> {
  if (!samples) return { bytes: undefined, rowGroups: 0, rows: "", points: [] };
  const { bytes } = dayFile(dayAt(nth), NAMES, samples, rowGroupSize);
  const rows = await queryWithDuckdb(
    bytes,
    (path) => `SELECT list_position($1, point_name) AS nth, epoch_ms(timestamp) AS ms, value FROM '${path}'
      WHERE list_contains($1, point_name) ORDER BY nth, ms`,
    [listValue(POINTS)],
    [LIST(VARCHAR)],
  );
  const points = await queryWithDuckdb(
    bytes,
    (path) => `SELECT count(*) AS n, min(epoch_ms(timestamp)) AS first, max(epoch_ms(timestamp)) AS last
      FROM '${path}' GROUP BY point_name ORDER BY point_name`,
  );
  const [file] = await queryWithDuckdb(bytes, (path) => `SELECT * FROM parquet_file_metadata('${path}')`);
  return {
    bytes,
    rowGroups: Number(file?.num_row_groups),
    rows: rows.map((row) => [Number(row.nth) - 1, Number(row.ms), row.value].join(" ")).join("\n"),
    points: points.map((row) => [row.n, row.first, row.last].join(" ")),
  };
}
