import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { CommandRun } from "../../terminal/terminal.ts";
import { openState } from "../stack/stack.ts";

/** Copies of stored objects, and a DuckDB to query them; the copies are deleted when the run ends. */
export interface OpenedObjects {
  readonly duckdb: DuckDBConnection;
  /** By key; without an entry for an object that is not stored. */
  readonly files: ReadonlyMap<string, StoredFile>;
}

interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What DuckDB, which is independent of the writer, finds in one object. */
export interface ObjectContents extends Omit<StoredFile, "path"> {
  readonly rows: number;
  readonly points: number;
  /** Milliseconds since the epoch; null without rows. */
  readonly first: number | null;
  readonly last: number | null;
}

export async function openObjects(
  stateDir: string,
  keys: readonly string[],
  run: CommandRun,
): Promise<OpenedObjects> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-objects-"));
  // On the signal, not as a step: wrangler's signal handlers end the process before a step could run.
  run.signal.addEventListener("abort", () => rmSync(folder, { recursive: true, force: true }));
  const files = new Map<string, StoredFile>();
  const state = await openState(stateDir);
  try {
    for (const key of keys) {
      const bytes = await state.bytes(key);
      if (!bytes) continue;
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      files.set(key, { path, bytes: bytes.length, sha256 });
    }
  } finally {
    await state.close();
  }
  return { duckdb: await (await DuckDBInstance.create()).connect(), files };
}

/** `read_parquet` of all objects, with the column `filename`; undefined when there are none. */
export function everyRow({ files }: OpenedObjects): string | undefined {
  const paths = [...files.values()].map((file) => quoted(file.path));
  return paths.length === 0 ? undefined : `read_parquet([${paths.join(", ")}], filename = true)`;
}

/** A string literal of SQL. */
export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export async function objectContents(opened: OpenedObjects): Promise<Map<string, ObjectContents>> {
  const from = everyRow(opened);
  if (from === undefined) return new Map();
  const reader = await opened.duckdb.runAndReadAll(`
    SELECT filename, count(*) AS rows, count(DISTINCT point_name) AS points,
      epoch_ms(min(timestamp)) AS first, epoch_ms(max(timestamp)) AS last
    FROM ${from} GROUP BY filename`);
  const counted = new Map(reader.getRowObjects().map((row) => [String(row.filename), row]));
  return new Map(
    [...opened.files].map(([key, { path, bytes, sha256 }]) => {
      // A file without rows has no group.
      const row = counted.get(path);
      const time = (value: unknown) => (typeof value === "bigint" ? Number(value) : null);
      const count = (value: unknown) => time(value) ?? 0;
      const { rows, points } = { rows: count(row?.rows), points: count(row?.points) };
      return [key, { rows, points, first: time(row?.first), last: time(row?.last), bytes, sha256 }];
    }),
  );
}
