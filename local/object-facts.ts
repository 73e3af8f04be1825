import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { openState } from "./objects.ts";
import type { Run } from "./run.ts";

/** What DuckDB, which has never seen our code, says of one object. */
export interface ObjectFacts {
  readonly rows: number;
  readonly points: number;
  /** Milliseconds since the epoch; null where there are no rows. */
  readonly first: number | null;
  readonly last: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

/** Copies of stored objects with a DuckDB beside them; both go with the run. */
export interface OpenedObjects {
  readonly duckdb: DuckDBConnection;
  /** Absent from it: objects that are not stored. */
  readonly paths: ReadonlyMap<string, string>;
}

export async function openObjects(stateDir: string, keys: readonly string[], run: Run): Promise<OpenedObjects> {
  const folder = mkdtempSync(join(tmpdir(), "backfill-objects-"));
  run.onEnd(() => rmSync(folder, { recursive: true, force: true }));
  // Its handlers end the process on a signal before any step of ours: what is sync must be done there too.
  run.signal.addEventListener("abort", () => rmSync(folder, { recursive: true, force: true }));
  const paths = new Map<string, string>();
  const state = await openState(stateDir);
  try {
    for (const key of keys) {
      const bytes = await state.bytes(key);
      if (!bytes) continue;
      const path = join(folder, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      paths.set(key, path);
    }
  } finally {
    await state.close();
  }
  return { duckdb: await (await DuckDBInstance.create()).connect(), paths };
}
