import { createHash } from "node:crypto";
import type { UtcDay } from "../../../domain/day.ts";
import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Block, StoredBlock } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import { dropUnlistedPoints } from "./unlisted-points.ts";

/** The bulk of a staged day: sorted blocks of samples, and the file that a merge makes of them. */
export const stagedFileTables: readonly Table[] = [
  {
    // Sorted runs, divided by ranges of points.
    name: "block",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS block (id INTEGER PRIMARY KEY, date TEXT NOT NULL, bucket INTEGER NOT NULL,
           bytes INTEGER NOT NULL, data BLOB NOT NULL)`,
        "CREATE INDEX IF NOT EXISTS block_by_bucket ON block (date, bucket, id)",
      ],
      // The window whose rows it has; null where an earlier version had fetched the whole day.
      3: ["ALTER TABLE block ADD COLUMN window_idx INTEGER"],
      5: ["ALTER TABLE block ADD COLUMN gives_way INTEGER NOT NULL DEFAULT 0"],
    },
  },
  {
    // The bytes of the file so far.
    name: "part",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS part (date TEXT NOT NULL, idx INTEGER NOT NULL, data BLOB NOT NULL,
           PRIMARY KEY (date, idx))`,
      ],
    },
  },
  {
    // The metadata of the row groups so far, for the footer.
    name: "row_group",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS row_group (date TEXT NOT NULL, idx INTEGER NOT NULL, meta BLOB NOT NULL,
           PRIMARY KEY (date, idx))`,
      ],
      2: ["ALTER TABLE row_group RENAME COLUMN meta TO metadata"],
    },
  },
];

/** Adds a block of a run of that window. Rows that the API did not send give way to those that it sent. */
export function addBlock(
  sql: Sql,
  date: UtcDay,
  window: number,
  { bucket, bytes }: Pick<Block, "bucket" | "bytes">,
  givesWay: boolean,
): void {
  sql.run(
    "INSERT INTO block (date, window_idx, bucket, bytes, data, gives_way) VALUES (?, ?, ?, ?, ?, ?)",
    ...[date, window, bucket, bytes.byteLength, bytes, givesWay ? 1 : 0],
  );
}

/** Drops what the runs of a window have staged. */
export function dropBlocksOf(sql: Sql, date: UtcDay, window: number): void {
  sql.run("DELETE FROM block WHERE date = ? AND window_idx = ?", date, window);
}

/** The blocks of a bucket in the order in which they were added; `bytes` is the size of each. */
export function blocksOf(sql: Sql, date: UtcDay, bucket: number): StoredBlock[] {
  const query = "SELECT id, bytes, gives_way FROM block WHERE date = ? AND bucket = ? ORDER BY id";
  return sql
    .all<{ id: number; bytes: number; gives_way: number }>(query, date, bucket)
    .map(({ id, bytes, gives_way }) => ({ id, bytes, givesWay: gives_way === 1 }));
}

/** `length` bytes of a block from `offset`; without a length, all of them. */
export function readBlock(sql: Sql, id: number, offset = 0, length?: number): Uint8Array {
  const query = "SELECT substr(data, ?, coalesce(?, length(data))) AS data FROM block WHERE id = ?";
  const [row] = sql.all<{ data: Uint8Array }>(query, offset + 1, length ?? null, id);
  if (!row) throw new Error(`block ${id} is gone`);
  return row.data;
}

/** Appends bytes to the file, in as many rows as SQLite's bound on values requires. */
export function addPart(sql: Sql, date: UtcDay, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.byteLength; offset += SQL_VALUE_BYTES_MAX) {
    sql.run(
      "INSERT INTO part SELECT ?1, coalesce(max(idx), -1) + 1, ?2 FROM part WHERE date = ?1",
      date,
      bytes.subarray(offset, offset + SQL_VALUE_BYTES_MAX),
    );
  }
}

export function partCount(sql: Sql, date: UtcDay): number {
  return sql.all<{ parts: number }>("SELECT count(*) AS parts FROM part WHERE date = ?", date)[0]?.parts ?? 0;
}

export function readPart(sql: Sql, date: UtcDay, index: number): Uint8Array {
  const [row] = sql.all<{ data: Uint8Array }>(
    "SELECT data FROM part WHERE date = ? AND idx = ?",
    date,
    index,
  );
  if (!row) throw new Error(`part ${index} of ${date} is gone`);
  return row.data;
}

/** Size and SHA-256 of the file, read part by part. */
export function fileDigest(sql: Sql, date: UtcDay): { bytes: number; sha256: string } {
  const hash = createHash("sha256");
  let bytes = 0;
  const parts = partCount(sql, date);
  for (let index = 0; index < parts; index++) {
    const part = readPart(sql, date, index);
    hash.update(part);
    bytes += part.byteLength;
  }
  return { bytes, sha256: hash.digest("hex") };
}

export function addRowGroup(sql: Sql, date: UtcDay, metadata: Uint8Array): void {
  sql.run(
    "INSERT INTO row_group SELECT ?1, coalesce(max(idx), -1) + 1, ?2 FROM row_group WHERE date = ?1",
    date,
    metadata,
  );
}

/** The metadata of the file's row groups, in their order. */
export function rowGroupsOf(sql: Sql, date: UtcDay): Uint8Array[] {
  return sql
    .all<{ metadata: Uint8Array }>("SELECT metadata FROM row_group WHERE date = ? ORDER BY idx", date)
    .map((row) => row.metadata);
}

/** The file is complete: only its parts are needed from now on. */
export function dropMergeInput(sql: Sql, date: UtcDay): void {
  dropUnlistedPoints(sql, date);
  sql.run("DELETE FROM block WHERE date = ?", date);
  sql.run("DELETE FROM row_group WHERE date = ?", date);
}

export function dropStagedFile(sql: Sql, date: UtcDay): void {
  dropMergeInput(sql, date);
  sql.run("DELETE FROM part WHERE date = ?", date);
}
