import type { UtcDay } from "../../../domain/day.ts";
import { POINT_ROWS_BYTES_MAX, POINT_ROWS_MAX } from "../../../domain/limits.ts";
import { NO_FIELDS, type PointFields, type PointRow } from "../../../domain/point-row.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";

/**
 * The points of a site that were ever configured, with what the API's list says of them. A name is its bytes in UTF-8, so
 * that the table has them in the order of the file.
 */
export const pointRowTable: Table = {
  name: "point_row",
  migrations: {
    6: [
      `CREATE TABLE point_row (name BLOB PRIMARY KEY, fields TEXT NOT NULL, first_seen TEXT NOT NULL,
         last_seen TEXT NOT NULL) WITHOUT ROWID`,
    ],
  },
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whose fields a row keeps: those of the list are the newest; those of a file may be older than the stored ones. */
const NEWER_FIELDS = { list: "1", file: "excluded.last_seen > last_seen" } as const;

/** Adds rows to the stored ones; the days of a point are joined. Returns how many rows are new or have changed. */
export function addPointRows(sql: Sql, rows: Iterable<PointRow>, from: keyof typeof NEWER_FIELDS): number {
  const newer = NEWER_FIELDS[from];
  const statement = `INSERT INTO point_row (name, fields, first_seen, last_seen) VALUES (?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET
      fields = iif(${newer}, excluded.fields, fields),
      first_seen = min(first_seen, excluded.first_seen),
      last_seen = max(last_seen, excluded.last_seen)
    WHERE (${newer} AND excluded.fields <> fields)
      OR excluded.first_seen < first_seen OR excluded.last_seen > last_seen`;
  const before = totalChanges(sql);
  for (const { name, fields, firstSeen, lastSeen } of rows) {
    sql.run(statement, encoder.encode(name), textOf(fields), firstSeen, lastSeen);
  }
  return totalChanges(sql) - before;
}

/** Rows that this connection has ever inserted, updated or deleted. */
function totalChanges(sql: Sql): number {
  return sql.all<{ changes: number }>("SELECT total_changes() AS changes")[0]?.changes ?? 0;
}

/** Rows that are read at a time: some hundred KB at most. */
const ROWS_A_READ = 50;

/** The stored rows in the order of the file, read in parts. Another transaction may change rows that are not yet read. */
export function* pointRows(tx: <T>(body: (sql: Sql) => T) => T): Generator<PointRow> {
  let after = new Uint8Array();
  for (;;) {
    const rows = tx((sql) =>
      sql.all<StoredRow>(
        "SELECT name, fields, first_seen, last_seen FROM point_row WHERE name > ? ORDER BY name LIMIT ?",
        after,
        ROWS_A_READ,
      ),
    );
    for (const row of rows) yield rowOf(row);
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_A_READ) return;
    after = new Uint8Array(last.name);
  }
}

/** Removes the rows beyond the bounds of a file: those that were seen longest ago. Returns how many. */
export function dropRowsBeyondBounds(sql: Sql): number {
  const before = countPointRows(sql);
  if (before.rows <= POINT_ROWS_MAX && before.bytes <= POINT_ROWS_BYTES_MAX) return 0;
  sql.run(
    `DELETE FROM point_row WHERE name IN (
       SELECT name FROM (
         SELECT name, row_number() OVER newest AS place, sum(length(name) + length(fields)) OVER newest AS bytes
         FROM point_row WINDOW newest AS (ORDER BY last_seen DESC, name ROWS UNBOUNDED PRECEDING))
       WHERE place > ? OR bytes > ?)`,
    POINT_ROWS_MAX,
    POINT_ROWS_BYTES_MAX,
  );
  return before.rows - countPointRows(sql).rows;
}

export function countPointRows(sql: Sql): { rows: number; bytes: number } {
  const [row] = sql.all<{ rows: number; bytes: number }>(
    "SELECT count(*) AS rows, coalesce(sum(length(name) + length(fields)), 0) AS bytes FROM point_row",
  );
  return row ?? { rows: 0, bytes: 0 };
}

type StoredRow = { name: Uint8Array; fields: string; first_seen: string; last_seen: string };

const rowOf = ({ name, fields, first_seen, last_seen }: StoredRow): PointRow => ({
  name: decoder.decode(name),
  fields: { ...NO_FIELDS, ...(JSON.parse(fields) as Partial<PointFields>) },
  firstSeen: first_seen as UtcDay,
  lastSeen: last_seen as UtcDay,
});

/** The fields that the list has, in the order of `NO_FIELDS`: equal fields have equal texts. */
function textOf(fields: PointFields): string {
  const keys = Object.keys(NO_FIELDS) as (keyof PointFields)[];
  const known = keys.filter((key) => fields[key] !== NO_FIELDS[key]);
  return JSON.stringify(Object.fromEntries(known.map((key) => [key, fields[key]])));
}
