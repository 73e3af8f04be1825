import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { type Content, NOTHING_FETCHED, type Transport } from "../../../domain/evidence.ts";
import { HELD_FOR_UPLOAD_BYTES_MAX } from "../../../domain/limits.ts";
import type { Span } from "../../../domain/samples.ts";
import type { FilePosition } from "../../../parquet/merge/merge.ts";
import type { Clock, Sql } from "../../ports.ts";
import type { Table } from "../../tables/tables.ts";
import type { DayPlan } from "../plan.ts";
import { endAttemptsOf } from "./attempts.ts";
import type { Phase } from "./day-state.ts";
import { markUnverified, oneLaneDays } from "./day-table.ts";
import { addWindows, dropWindows, type StagedWindow, windowsByDay } from "./fetch-windows.ts";
import { setState } from "./site-state.ts";
import { dropMergeInput, dropStagedFile } from "./staged-file.ts";

export const stagingTable: Table = {
  name: "staging",
  migrations: {
    1: [
      `CREATE TABLE IF NOT EXISTS staging (date TEXT PRIMARY KEY, token TEXT NOT NULL, phase TEXT NOT NULL,
           plan TEXT NOT NULL, transport TEXT NOT NULL, merge TEXT, file TEXT, kept INTEGER NOT NULL DEFAULT 0,
           replacing INTEGER NOT NULL DEFAULT 0, progress_at INTEGER NOT NULL)`,
    ],
    2: [
      "ALTER TABLE staging RENAME COLUMN token TO staging_id",
      "ALTER TABLE staging RENAME COLUMN merge TO file_position",
      "ALTER TABLE staging RENAME COLUMN kept TO held_for_upload",
      // A plan belongs to the backfill that made it instead of to a generation.
      `UPDATE staging SET plan = json_remove(json_set(plan, '$.backfillId', coalesce(
           (SELECT iif(value ->> '$.generation' = plan ->> '$.generation', value ->> '$.backfillId', '')
              FROM meta WHERE key = 'job'), '')), '$.generation')`,
    ],
  },
};

/** A complete file in the table `part`, ready to be published. */
export interface StagedFile {
  readonly content: Content;
  readonly duplicates: number;
}

/** A day that is being fetched, merged or published, without its bulk. */
export interface StagedDay {
  readonly date: UtcDay;
  /** Names this staging of the day: work for an earlier one is never committed. */
  readonly stagingId: string;
  readonly phase: Phase;
  readonly plan: DayPlan;
  readonly transport: Transport;
  readonly file: StagedFile | undefined;
  readonly windows: readonly StagedWindow[];
  /** The upload of its file failed: a retry uploads it, and nothing works on it in this round. */
  readonly heldForUpload: boolean;
  /** Work on it has crashed twice with more lanes. */
  readonly oneLane: boolean;
  /** When work on it last made progress. */
  readonly progressAt: EpochMs;
}

interface StagingRow extends Record<string, string | number | null> {
  date: string;
  staging_id: string;
  phase: string;
  plan: string;
  transport: string;
  file: string | null;
  held_for_upload: number;
  progress_at: number;
}

/** Stages a day for fetching; what was staged of it before is dropped. */
export function stageDay(
  sql: Sql,
  date: UtcDay,
  stagingId: string,
  plan: DayPlan,
  windows: readonly Span[],
): void {
  dropStaging(sql, date);
  sql.run(
    `INSERT INTO staging (date, staging_id, phase, plan, transport, progress_at)
       VALUES (?, ?, 'fetching', ?, ?, ?)`,
    date,
    stagingId,
    JSON.stringify(plan),
    JSON.stringify(NOTHING_FETCHED),
    plan.createdAt,
  );
  addWindows(sql, date, windows);
}

/** All staged days, in order. */
export function stagedDays(sql: Sql): StagedDay[] {
  const windows = windowsByDay(sql);
  const oneLane = oneLaneDays(sql);
  return sql
    .all<StagingRow>(
      `SELECT date, staging_id, phase, plan, transport, file, held_for_upload, progress_at
         FROM staging ORDER BY date`,
    )
    .map((row) => ({
      date: row.date as UtcDay,
      stagingId: row.staging_id,
      phase: row.phase as Phase,
      plan: JSON.parse(row.plan) as DayPlan,
      transport: JSON.parse(row.transport) as Transport,
      file: row.file ? (JSON.parse(row.file) as StagedFile) : undefined,
      heldForUpload: row.held_for_upload === 1,
      oneLane: oneLane.has(row.date),
      progressAt: row.progress_at,
      windows: windows.get(row.date) ?? [],
    }));
}

/** The staged day; undefined where it was dropped or staged again under another id. */
export function stagedDay(sql: Sql, date: UtcDay, stagingId: string): StagedDay | undefined {
  return stagedDays(sql).find((day) => day.date === date && day.stagingId === stagingId);
}

/** Whether this work on the day is still staged: the day may have failed since, or been staged again. */
export function isStaged(sql: Sql, date: UtcDay, stagingId: string): boolean {
  return sql.all("SELECT 1 FROM staging WHERE date = ? AND staging_id = ?", date, stagingId).length > 0;
}

/** Phase of each staged day in a range, by date. */
export function stagedPhases(
  sql: Sql,
  from: string,
  to: string,
): Map<string, { phase: Phase; heldForUpload: boolean }> {
  const rows = sql.all<{ date: string; phase: string; held_for_upload: number }>(
    "SELECT date, phase, held_for_upload FROM staging WHERE date BETWEEN ? AND ?",
    from,
    to,
  );
  return new Map(
    rows.map((row) => [row.date, { phase: row.phase as Phase, heldForUpload: row.held_for_upload === 1 }]),
  );
}

export function setPhase(sql: Sql, date: UtcDay, phase: Phase): void {
  sql.run("UPDATE staging SET phase = ? WHERE date = ?", phase, date);
}

export function setTransport(sql: Sql, date: UtcDay, transport: Transport): void {
  sql.run("UPDATE staging SET transport = ? WHERE date = ?", JSON.stringify(transport), date);
}

/** Records when the site, and `date` if given, last made progress: the Coordinator tells stuck sites by it. */
export function recordProgress(sql: Sql, clock: Clock, date: UtcDay | undefined): void {
  setState(sql, "lastProgressAt", clock.now());
  if (date === undefined) return;
  sql.run("UPDATE staging SET progress_at = ? WHERE date = ?", clock.now(), date);
}

/** Progress of the day's merge; undefined before its first slice. */
export function filePosition(sql: Sql, date: UtcDay): FilePosition | undefined {
  const [row] = sql.all<{ file_position: string | null }>(
    "SELECT file_position FROM staging WHERE date = ?",
    date,
  );
  return row?.file_position ? (JSON.parse(row.file_position) as FilePosition) : undefined;
}

export function setFilePosition(sql: Sql, date: UtcDay, position: FilePosition): void {
  sql.run("UPDATE staging SET file_position = ? WHERE date = ?", JSON.stringify(position), date);
}

/** The file is complete: the day is to be published. */
export function sealFile(sql: Sql, date: UtcDay, file: StagedFile): void {
  sql.run("UPDATE staging SET phase = 'encoded', file = ? WHERE date = ?", JSON.stringify(file), date);
  dropMergeInput(sql, date);
}

/** Whether the database has room to hold the day's file for a later upload; if not, a retry fetches the day again. */
export function hasRoomToHold(sql: Sql, date: UtcDay): boolean {
  const held = stagedDays(sql).filter((day) => day.heldForUpload || day.date === date);
  const bytes = held.reduce((sum, { file }) => sum + (file?.content.bytes ?? 0), 0);
  return bytes <= HELD_FOR_UPLOAD_BYTES_MAX;
}

export function setHeldForUpload(sql: Sql, date: UtcDay, held: boolean): void {
  sql.run("UPDATE staging SET held_for_upload = ? WHERE date = ?", held ? 1 : 0, date);
}

/** From now on the day's object may be the staged file or the one before, until a HEAD shows which. */
export function beginReplacing(sql: Sql, date: UtcDay): void {
  sql.run("UPDATE staging SET replacing = 1 WHERE date = ?", date);
}

/** Drops all that is staged of a day. A put that has begun may still take effect, so its day becomes unverified. */
export function dropStaging(sql: Sql, date: UtcDay): void {
  if (sql.all("SELECT 1 FROM staging WHERE date = ? AND replacing = 1", date).length > 0) {
    markUnverified(sql, date);
  }
  sql.run("DELETE FROM staging WHERE date = ?", date);
  dropWindows(sql, date);
  dropStagedFile(sql, date);
  endAttemptsOf(sql, date);
}
