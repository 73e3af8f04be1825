import type { UtcDay } from "../../../../domain/day.ts";
import type { Resolution } from "../../../../domain/rollup.ts";
import type { Table } from "../../../../object/tables/tables.ts";
import type { Sql } from "../../../ports.ts";

/** What roll-ups are made of: the hours, or the samples, of days, read from the days' objects. */
export const collectedDayTables: readonly Table[] = [
  {
    // `open_*`: the point that the next row group may continue. `skipped`: why the object was not collected.
    name: "collected_day",
    migrations: {
      7: [
        `CREATE TABLE collected_day (resolution TEXT NOT NULL, date TEXT NOT NULL, etag TEXT NOT NULL,
           next_group INTEGER NOT NULL, open_name BLOB, open_buckets BLOB, samples INTEGER NOT NULL,
           done INTEGER NOT NULL, skipped TEXT, PRIMARY KEY (resolution, date))`,
      ],
    },
  },
  {
    // Consecutive points with their hours, or with samples. The names ascend in UTF-8 bytes from block to block; only samples
    // of a point can be in several.
    name: "collected_block",
    migrations: {
      7: [
        `CREATE TABLE collected_block (resolution TEXT NOT NULL, date TEXT NOT NULL, idx INTEGER NOT NULL,
           last_name BLOB NOT NULL, metadata BLOB NOT NULL, data BLOB NOT NULL,
           PRIMARY KEY (resolution, date, idx))`,
      ],
    },
  },
];

/** How far a version of a day's object has been collected. */
export interface CollectedDay {
  readonly etag: string;
  readonly nextGroup: number;
  /** The last point so far, which the next row group may continue; `buckets`: its last hours, empty where samples are collected. */
  readonly open: { readonly name: Uint8Array; readonly buckets: Uint8Array } | undefined;
  readonly samples: number;
  readonly done: boolean;
  readonly skipped: string | undefined;
}

/** A block of hours or of samples; `metadata` is what its decoder needs. */
export interface CollectedBlock {
  readonly lastName: Uint8Array;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

/** A block with its number among those of its day. */
export type StoredBlock = CollectedBlock & { readonly idx: number };

export function collectedDay(sql: Sql, resolution: Resolution, date: UtcDay): CollectedDay | undefined {
  const [row] = sql.all<{
    etag: string;
    next_group: number;
    open_name: Uint8Array | null;
    open_buckets: Uint8Array | null;
    samples: number;
    done: number;
    skipped: string | null;
  }>(
    `SELECT etag, next_group, open_name, open_buckets, samples, done, skipped FROM collected_day
       WHERE resolution = ? AND date = ?`,
    resolution,
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

export function collectedDays(
  sql: Sql,
  resolution: Resolution,
  from: string,
  to: string,
): Map<UtcDay, CollectedState> {
  return new Map(
    sql
      .all<{ date: UtcDay; etag: string; done: number; skipped: string | null }>(
        `SELECT date, etag, done, skipped FROM collected_day
           WHERE resolution = ? AND date BETWEEN ? AND ? ORDER BY date`,
        resolution,
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
export function saveCollected(
  sql: Sql,
  resolution: Resolution,
  date: UtcDay,
  day: CollectedDay,
  blocks: readonly CollectedBlock[],
): void {
  sql.run(
    `INSERT OR REPLACE INTO collected_day
       (resolution, date, etag, next_group, open_name, open_buckets, samples, done, skipped)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    resolution,
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
      `INSERT INTO collected_block SELECT ?1, ?2, coalesce(max(idx), -1) + 1, ?3, ?4, ?5 FROM collected_block
         WHERE resolution = ?1 AND date = ?2`,
      resolution,
      date,
      lastName,
      metadata,
      data,
    );
}

/** The first block of a day, from the block `idx` on, that has a point after `name`. */
export function blockAfter(
  sql: Sql,
  resolution: Resolution,
  date: UtcDay,
  name: Uint8Array,
  idx = 0,
): StoredBlock | undefined {
  const [row] = sql.all<{ idx: number; last_name: Uint8Array; metadata: Uint8Array; data: Uint8Array }>(
    `SELECT idx, last_name, metadata, data FROM collected_block
       WHERE resolution = ? AND date = ? AND idx >= ? AND last_name > ? ORDER BY idx LIMIT 1`,
    resolution,
    date,
    idx,
    name,
  );
  return row && { idx: row.idx, lastName: row.last_name, metadata: row.metadata, data: row.data };
}

/** Drops what is known of a day's object: what was collected of it, or why it was skipped. */
export function dropCollected(sql: Sql, resolution: Resolution, date: UtcDay): void {
  sql.run("DELETE FROM collected_block WHERE resolution = ? AND date = ?", resolution, date);
  sql.run("DELETE FROM collected_day WHERE resolution = ? AND date = ?", resolution, date);
}

/** Drops what was collected of the days from `from` to `to`. Skipped days stay skipped. */
export function dropBlocks(sql: Sql, resolution: Resolution, from: string, to: string): void {
  const range = [resolution, from, to];
  sql.run("DELETE FROM collected_block WHERE resolution = ? AND date BETWEEN ? AND ?", ...range);
  sql.run(
    "DELETE FROM collected_day WHERE resolution = ? AND date BETWEEN ? AND ? AND skipped IS NULL",
    ...range,
  );
}

/** Skipped days of a range are tried again, for roll-ups of any resolution. */
export function dropSkipped(sql: Sql, from: UtcDay, to: UtcDay): void {
  sql.run("DELETE FROM collected_day WHERE date BETWEEN ? AND ? AND skipped IS NOT NULL", from, to);
}

/** Bytes of all blocks of a resolution, or of those of a range. */
export function collectedBytes(sql: Sql, resolution: Resolution, from = "", to = "9999"): number {
  const query = `SELECT coalesce(sum(length(data) + length(metadata)), 0) AS bytes FROM collected_block
     WHERE resolution = ? AND date BETWEEN ? AND ?`;
  return sql.all<{ bytes: number }>(query, resolution, from, to)[0]?.bytes ?? 0;
}
