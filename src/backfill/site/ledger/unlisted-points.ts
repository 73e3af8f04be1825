import type { UtcDay } from "../../../domain/day.ts";
import { POINT_NAMES_BYTES_MAX, POINTS_MAX } from "../../../domain/limits.ts";
import { compareNames } from "../../../domain/point-name.ts";
import { type PointList, pointListBytes } from "../../../fetch/fetch.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";

/**
 * The points of staged days that have samples and are not configured. Their ids follow those of the configured points, in
 * the order in which their first runs were committed. A name is its bytes in UTF-8, so that the table has them in the
 * order of the file.
 */
export const unlistedPointTable: Table = {
  name: "unlisted_point",
  migrations: {
    3: [
      `CREATE TABLE unlisted_point (date TEXT NOT NULL, name BLOB NOT NULL, id INTEGER NOT NULL,
         PRIMARY KEY (date, name)) WITHOUT ROWID`,
    ],
  },
};

/** A Durable Object takes at most 100 parameters a statement. */
const NAMES_A_QUERY = 90;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The ids of points of a day that are not configured, in the order of `names`, which has each once. A new name gets the
 * next id. Returns "too-many", and changes nothing, where the day would have more points or names than its bounds allow.
 */
export function unlistedIds(
  sql: Sql,
  date: UtcDay,
  names: readonly string[],
  configured: readonly string[],
): readonly number[] | "too-many" {
  const bytes = names.map((name) => encoder.encode(name));
  const known = new Map<string, number>();
  for (let from = 0; from < bytes.length; from += NAMES_A_QUERY) {
    const asked = bytes.slice(from, from + NAMES_A_QUERY);
    const marks = asked.map(() => "?").join(",");
    const query = `SELECT name, id FROM unlisted_point WHERE date = ? AND name IN (${marks})`;
    for (const row of sql.all<NameRow>(query, date, ...asked)) known.set(decoder.decode(row.name), row.id);
  }
  if (known.size === names.length) return names.map((name) => known.get(name) ?? 0);

  const before = totalsOf(sql, date);
  let nameBytes = before.bytes + configured.reduce((sum, name) => sum + encoder.encode(name).length, 0);
  let nextId = configured.length + before.count;
  const added: [Uint8Array, number][] = [];
  const ids = names.map((name, index) => {
    const id = known.get(name);
    if (id !== undefined) return id;
    const own = bytes[index] ?? encoder.encode(name);
    added.push([own, nextId]);
    nameBytes += own.length;
    return nextId++;
  });
  if (nextId > POINTS_MAX || nameBytes > POINT_NAMES_BYTES_MAX) return "too-many";
  for (const [name, id] of added)
    sql.run("INSERT INTO unlisted_point (date, name, id) VALUES (?, ?, ?)", date, name, id);
  return ids;
}

type NameRow = { name: Uint8Array; id: number };

function totalsOf(sql: Sql, date: UtcDay): { count: number; bytes: number } {
  const [row] = sql.all<{ count: number; bytes: number }>(
    "SELECT count(*) AS count, coalesce(sum(length(name)), 0) AS bytes FROM unlisted_point WHERE date = ?",
    date,
  );
  return row ?? { count: 0, bytes: 0 };
}

/** The points of a day in the order of their names. */
export interface DayPoints {
  readonly names: readonly string[];
  /** The index of each id in `names`; undefined where every point is configured: an id is its index. */
  readonly ranks: Uint32Array | undefined;
}

/** The points of a day: those that are configured, and those that its runs have added. Complete once all are fetched. */
export function dayPoints(sql: Sql, date: UtcDay, { names: configured }: PointList): DayPoints {
  const query = "SELECT name, id FROM unlisted_point WHERE date = ? ORDER BY name";
  const rows = sql.all<NameRow>(query, date);
  return rankDay(
    configured,
    rows.map(({ name, id }) => ({ name: decoder.decode(name), id })),
  );
}

/** Joins the configured points, whose ids are their indexes, with others; both are in the order of their names. */
export function rankDay(
  configured: readonly string[],
  unlisted: readonly { readonly name: string; readonly id: number }[],
): DayPoints {
  if (unlisted.length === 0) return { names: configured, ranks: undefined };
  const names: string[] = [];
  const ranks = new Uint32Array(configured.length + unlisted.length);
  let next = 0;
  const addConfigured = () => {
    ranks[next] = names.length;
    names.push(configured[next++] ?? "");
  };
  for (const { name, id } of unlisted) {
    while (next < configured.length && compareNames(configured[next] ?? "", name) < 0) addConfigured();
    ranks[id] = names.length;
    names.push(name);
  }
  while (next < configured.length) addConfigured();
  return { names, ranks };
}

/** Memory that `dayPoints` takes, beside the list of configured points. */
export function dayPointsBytes(sql: Sql, date: UtcDay, { names: configured }: PointList): number {
  const { count, bytes } = totalsOf(sql, date);
  if (count === 0) return 0;
  // A row of the query with its bytes, the name as text, and the places of all points in both lists.
  return 2 * pointListBytes(count, bytes) + (configured.length + count) * 12;
}

export function dropUnlistedPoints(sql: Sql, date: UtcDay): void {
  sql.run("DELETE FROM unlisted_point WHERE date = ?", date);
}
