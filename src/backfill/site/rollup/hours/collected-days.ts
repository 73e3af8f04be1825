import type { UtcDay } from "../../../../domain/day.ts";
import type { Table } from "../../../../object/tables/tables.ts";
import type { Sql } from "../../../ports.ts";

/** The hours of days that roll-ups are made of, read from the days' objects. */
export const collectedDayTables: readonly Table[] = [
  {
    // `open_*`: the point whose samples the next row group may continue. `skipped`: why the object was not collected.
    name: "collected_day",
    migrations: {
      7: [
        `CREATE TABLE collected_day (date TEXT PRIMARY KEY, etag TEXT NOT NULL, next_group INTEGER NOT NULL,
           open_name BLOB, open_buckets BLOB, samples INTEGER NOT NULL, done INTEGER NOT NULL, skipped TEXT)`,
      ],
    },
  },
  {
    // Consecutive points with their hours; the names ascend in UTF-8 bytes from block to block.
    name: "hour_block",
    migrations: {
      7: [
        `CREATE TABLE hour_block (date TEXT NOT NULL, idx INTEGER NOT NULL, last_name BLOB NOT NULL,
           metadata BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (date, idx))`,
      ],
    },
  },
];

/** How far a version of a day's object has been collected. */
export interface CollectedDay {
  readonly etag: string;
  readonly nextGroup: number;
  readonly open: { readonly name: Uint8Array; readonly buckets: Uint8Array } | undefined;
  readonly samples: number;
  readonly done: boolean;
  readonly skipped: string | undefined;
}

/** A block of hours; `metadata` is what its decoder needs. */
export interface HourBlock {
  readonly lastName: Uint8Array;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

export function collectedDay(sql: Sql, date: UtcDay): CollectedDay | undefined {
  const [row] = sql.all<{
    etag: string;
    next_group: number;
    open_name: Uint8Array | null;
    open_buckets: Uint8Array | null;
    samples: number;
    done: number;
    skipped: string | null;
  }>(
    "SELECT etag, next_group, open_name, open_buckets, samples, done, skipped FROM collected_day WHERE date = ?",
    date,
  );
  return (
    row && {
      etag: row.etag,
      nextGroup: row.next_group,
      open:
        row.open_name && row.open_buckets ? { name: row.open_name, buckets: row.open_buckets } : undefined,
      samples: row.samples,
      done: row.done === 1,
      skipped: row.skipped ?? undefined,
    }
  );
}

/** What decides on roll-ups of a collected day. */
export type CollectedState = Pick<CollectedDay, "etag" | "done" | "skipped">;

export function collectedDays(sql: Sql, from: string, to: string): Map<UtcDay, CollectedState> {
  return new Map(
    sql
      .all<{ date: UtcDay; etag: string; done: number; skipped: string | null }>(
        "SELECT date, etag, done, skipped FROM collected_day WHERE date BETWEEN ? AND ? ORDER BY date",
        from,
        to,
      )
      .map(({ date, etag, done, skipped }) => [
        date,
        { etag, done: done === 1, skipped: skipped ?? undefined },
      ]),
  );
}

/** Stores how far a day is, with the blocks that were collected last. */
export function saveCollected(sql: Sql, date: UtcDay, day: CollectedDay, blocks: readonly HourBlock[]): void {
  sql.run(
    `INSERT OR REPLACE INTO collected_day (date, etag, next_group, open_name, open_buckets, samples, done, skipped)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    date,
    day.etag,
    day.nextGroup,
    day.open?.name ?? null,
    day.open?.buckets ?? null,
    day.samples,
    Number(day.done),
    day.skipped ?? null,
  );
  for (const { lastName, metadata, data } of blocks)
    sql.run(
      "INSERT INTO hour_block SELECT ?1, coalesce(max(idx), -1) + 1, ?2, ?3, ?4 FROM hour_block WHERE date = ?1",
      date,
      lastName,
      metadata,
      data,
    );
}

/** The first block of a day that has a point after `name`. */
export function blockAfter(sql: Sql, date: UtcDay, name: Uint8Array): HourBlock | undefined {
  const [row] = sql.all<{ last_name: Uint8Array; metadata: Uint8Array; data: Uint8Array }>(
    `SELECT last_name, metadata, data FROM hour_block WHERE date = ? AND last_name > ? ORDER BY idx LIMIT 1`,
    date,
    name,
  );
  return row && { lastName: row.last_name, metadata: row.metadata, data: row.data };
}

/** Drops what is known of a day's object: its hours, or why it was skipped. */
export function dropCollected(sql: Sql, date: UtcDay): void {
  sql.run("DELETE FROM hour_block WHERE date = ?", date);
  sql.run("DELETE FROM collected_day WHERE date = ?", date);
}

/** Drops the hours of the days from `from` to `to`. Skipped days stay skipped. */
export function dropHours(sql: Sql, from: string, to: string): void {
  sql.run("DELETE FROM hour_block WHERE date BETWEEN ? AND ?", from, to);
  sql.run("DELETE FROM collected_day WHERE date BETWEEN ? AND ? AND skipped IS NULL", from, to);
}

/** Skipped days of a range are tried again. */
export function dropSkipped(sql: Sql, from: UtcDay, to: UtcDay): void {
  sql.run("DELETE FROM collected_day WHERE date BETWEEN ? AND ? AND skipped IS NOT NULL", from, to);
}

/** Bytes of all blocks, or of those of a range. */
export function collectedBytes(sql: Sql, from = "", to = "9999"): number {
  const query = `SELECT coalesce(sum(length(data) + length(metadata)), 0) AS bytes FROM hour_block
     WHERE date BETWEEN ? AND ?`;
  return sql.all<{ bytes: number }>(query, from, to)[0]?.bytes ?? 0;
}
