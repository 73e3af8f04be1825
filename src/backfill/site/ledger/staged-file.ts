import { createHash } from "node:crypto";
import type { UtcDay } from "../../../domain/day.ts";
import { SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { RollupPeriod } from "../../../domain/rollup.ts";
import type { Table } from "../../../object/tables/tables.ts";
import { concatenate } from "../../../parquet/bytes.ts";
import type { Block, StoredBlock } from "../../../parquet/run/run.ts";
import type { Sql } from "../../ports.ts";
import { dropUnlistedPoints } from "./unlisted-points.ts";

/** What a file in the tables `part` and `row_group` becomes the object of: a day, or a period's roll-up. */
export type FileId = UtcDay | RollupPeriod;

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
    // The bytes of the file so far. A roll-up's `date` is its period.
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
export function addPart(sql: Sql, file: FileId, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.byteLength; offset += SQL_VALUE_BYTES_MAX) {
    sql.run(
      "INSERT INTO part SELECT ?1, coalesce(max(idx), -1) + 1, ?2 FROM part WHERE date = ?1",
      file,
      bytes.subarray(offset, offset + SQL_VALUE_BYTES_MAX),
    );
  }
}

export function partCount(sql: Sql, file: FileId): number {
  return sql.all<{ parts: number }>("SELECT count(*) AS parts FROM part WHERE date = ?", file)[0]?.parts ?? 0;
}

export function readPart(sql: Sql, file: FileId, index: number): Uint8Array {
  const [row] = sql.all<{ data: Uint8Array }>(
    "SELECT data FROM part WHERE date = ? AND idx = ?",
    file,
    index,
  );
  if (!row) throw new Error(`part ${index} of ${file} is gone`);
  return row.data;
}

/** Size and SHA-256 of the file, read part by part. */
export function fileDigest(sql: Sql, file: FileId): { bytes: number; sha256: string } {
  const hash = createHash("sha256");
  let bytes = 0;
  const parts = partCount(sql, file);
  for (let index = 0; index < parts; index++) {
    const part = readPart(sql, file, index);
    hash.update(part);
    bytes += part.byteLength;
  }
  return { bytes, sha256: hash.digest("hex") };
}

export function addRowGroup(sql: Sql, file: FileId, metadata: Uint8Array): void {
  sql.run(
    "INSERT INTO row_group SELECT ?1, coalesce(max(idx), -1) + 1, ?2 FROM row_group WHERE date = ?1",
    file,
    metadata,
  );
}

/** The metadata of the file's row groups, in their order. */
export function rowGroupsOf(sql: Sql, file: FileId): Uint8Array[] {
  return sql
    .all<{ metadata: Uint8Array }>("SELECT metadata FROM row_group WHERE date = ? ORDER BY idx", file)
    .map((row) => row.metadata);
}

/** The file is complete: only its parts are needed from now on. */
export function dropMergeInput(sql: Sql, date: UtcDay): void {
  dropUnlistedPoints(sql, date);
  sql.run("DELETE FROM block WHERE date = ?", date);
  dropRowGroups(sql, date);
}

export function dropStagedFile(sql: Sql, date: UtcDay): void {
  dropMergeInput(sql, date);
  dropFile(sql, date);
}

/** Drops a file and what it is made of so far. */
export function dropFile(sql: Sql, file: FileId): void {
  dropRowGroups(sql, file);
  sql.run("DELETE FROM part WHERE date = ?", file);
}

/** The file is complete: only its parts are needed from now on. */
export function dropRowGroups(sql: Sql, file: FileId): void {
  sql.run("DELETE FROM row_group WHERE date = ?", file);
}

/** Writes row groups to a staged file, joined to parts that SQLite accepts as values. */
export class PartWriter {
  readonly #sql: Sql;
  readonly #file: FileId;
  readonly #collected: (bytes: number) => void;
  #groups: Uint8Array[] = [];
  #bytes = 0;

  /** `collected` is called with the bytes of the next part so far. */
  constructor(sql: Sql, file: FileId, collected: (bytes: number) => void) {
    this.#sql = sql;
    this.#file = file;
    this.#collected = collected;
  }

  add(group: Uint8Array): void {
    if (this.#bytes + group.byteLength > SQL_VALUE_BYTES_MAX) this.flush();
    this.#groups.push(group);
    this.#bytes += group.byteLength;
    this.#collected(this.#bytes);
  }

  flush(): void {
    addPart(this.#sql, this.#file, concatenate(this.#groups));
    this.#groups = [];
    this.#bytes = 0;
  }
}
