import type { UtcDay } from "../../../domain/day.ts";
import type { Table } from "../../../object/tables/tables.ts";
import { encodeSampleColumns } from "../../../parquet/file/file.ts";
import { decodeSampleColumns } from "../../../parquet/read/read.ts";
import type { Sql } from "../../ports.ts";

/**
 * Rows that only hot storage has, until a verified object has them: the samples of a point of a day, in chunks. A name is
 * its bytes in UTF-8. `staging_id` is the staged work whose blocks have the rows.
 */
export const hotRowTable: Table = {
  name: "hot_row",
  migrations: {
    5: [
      `CREATE TABLE hot_row (date TEXT NOT NULL, name BLOB NOT NULL, chunk INTEGER NOT NULL, samples INTEGER NOT NULL,
         timestamp_bytes INTEGER NOT NULL, data BLOB NOT NULL, staging_id TEXT, PRIMARY KEY (date, name, chunk))`,
    ],
  },
};

/** Samples of one point in one chunk. */
export interface HotChunk {
  readonly name: string;
  /** Since the start of the day, ascending. */
  readonly ms: Int32Array;
  readonly value: Float64Array;
}

/** The place of a chunk: chunks are read in the order of name and number. */
export interface ChunkPosition {
  /** In hexadecimal digits. */
  readonly name: string;
  readonly chunk: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Replaces what is stored of a point of a day. */
export function replaceHotRows(sql: Sql, date: UtcDay, name: string, chunks: readonly HotChunk[]): void {
  const bytes = encoder.encode(name);
  sql.run("DELETE FROM hot_row WHERE date = ? AND name = ?", date, bytes);
  for (const [index, { ms, value }] of chunks.entries()) {
    const encoded = encodeSampleColumns(ms, value);
    sql.run(
      `INSERT INTO hot_row (date, name, chunk, samples, timestamp_bytes, data) VALUES (?, ?, ?, ?, ?, ?)`,
      date,
      bytes,
      index,
      ms.length,
      encoded.timestampBytes,
      encoded.bytes,
    );
  }
}

/** The next chunk after `after`; undefined after the last. */
export function nextChunk(
  sql: Sql,
  date: UtcDay,
  after: ChunkPosition | undefined,
): { readonly chunk: HotChunk; readonly position: ChunkPosition } | undefined {
  const name = after ? new Uint8Array(Buffer.from(after.name, "hex")) : new Uint8Array();
  const [row] = sql.all<{
    name: Uint8Array;
    chunk: number;
    samples: number;
    timestamp_bytes: number;
    data: Uint8Array;
  }>(
    `SELECT name, chunk, samples, timestamp_bytes, data FROM hot_row
       WHERE date = ? AND (name, chunk) > (?, ?) ORDER BY name, chunk LIMIT 1`,
    date,
    name,
    after?.chunk ?? -1,
  );
  if (!row) return undefined;
  const { times, values } = decodeSampleColumns(row.data, row.timestamp_bytes, row.samples);
  return {
    chunk: { name: decoder.decode(row.name), ms: Int32Array.from(times), value: values },
    position: { name: Buffer.from(row.name).toString("hex"), chunk: row.chunk },
  };
}

/** The staged work has the chunk in its blocks. To be called in the transaction that stores them. */
export function takeChunk(sql: Sql, date: UtcDay, { name, chunk }: ChunkPosition, stagingId: string): void {
  sql.run(
    "UPDATE hot_row SET staging_id = ? WHERE date = ? AND name = ? AND chunk = ?",
    stagingId,
    date,
    new Uint8Array(Buffer.from(name, "hex")),
    chunk,
  );
}

/** The object of the staged work is verified: what it has taken is stored there. */
export function dropTakenRows(sql: Sql, date: UtcDay, stagingId: string): void {
  sql.run("DELETE FROM hot_row WHERE date = ? AND staging_id = ?", date, stagingId);
}

/** Whether rows wait for the day's next object. */
export function hasHotRows(sql: Sql, date: UtcDay): boolean {
  return sql.all("SELECT 1 FROM hot_row WHERE date = ? LIMIT 1", date).length > 0;
}

/** Samples that are stored of a day, or of all days. */
export function countHotRows(sql: Sql, date?: UtcDay): number {
  const query = "SELECT coalesce(sum(samples), 0) AS samples FROM hot_row WHERE date = coalesce(?, date)";
  return sql.all<{ samples: number }>(query, date ?? null)[0]?.samples ?? 0;
}
