import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { type Content, NOTHING_FETCHED, type Transport } from "../../../domain/evidence.ts";
import { HELD_FOR_UPLOAD_BYTES_MAX } from "../../../domain/limits.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { FilePosition } from "../../../parquet/merge/merge.ts";
import type { Clock, Sql } from "../../ports.ts";
import type { DayPlan } from "../plan.ts";
import { endAttemptsOf } from "./attempts.ts";
import type { Phase, StagedFacts } from "./day-state.ts";
import { markedDays, markUnverified } from "./day-table.ts";
import { addWindows, dropWindows, type NewWindow, type StagedWindow, windowsByDay } from "./fetch-windows.ts";
import { currentOwner, type Fence, type Owner, setState, worksOnDue } from "./site-state.ts";
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
    // Blocks of an earlier version do not say which window they are of, so a day that was being fetched is fetched again.
    3: ["UPDATE staging SET plan = json_set(plan, '$.parserVersion', 0) WHERE phase = 'fetching'"],
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
  /** Progress of the merge; undefined before its first slice. */
  readonly filePosition: FilePosition | undefined;
  readonly file: StagedFile | undefined;
  readonly windows: readonly StagedWindow[];
  /** The upload of its file failed: a retry uploads it, and nothing works on it in this round. */
  readonly heldForUpload: boolean;
  /** Work on it has crashed twice with more lanes. */
  readonly oneLane: boolean;
  /** When work on it last made progress. */
  readonly progressAt: EpochMs;
}

/** Stages a day for fetching; what was staged of it before is dropped. */
export function stageDay(
  sql: Sql,
  date: UtcDay,
  stagingId: string,
  plan: DayPlan,
  windows: readonly NewWindow[],
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

/** All staged days, or those of a range, in order. */
export function stagedDays(sql: Sql, from = "", to = "9999"): StagedDay[] {
  const windows = windowsByDay(sql, from, to);
  const oneLane = new Set(markedDays(sql, "one_lane", from, to));
  return sql
    .all<{
      date: UtcDay;
      staging_id: string;
      phase: Phase;
      plan: string;
      transport: string;
      file_position: string | null;
      file: string | null;
      held_for_upload: number;
      progress_at: number;
    }>(
      `SELECT date, staging_id, phase, plan, transport, file_position, file, held_for_upload, progress_at
         FROM staging WHERE date BETWEEN ? AND ? ORDER BY date`,
      from,
      to,
    )
    .map((row) => ({
      date: row.date,
      stagingId: row.staging_id,
      phase: row.phase,
      plan: JSON.parse(row.plan) as DayPlan,
      transport: JSON.parse(row.transport) as Transport,
      filePosition: row.file_position ? (JSON.parse(row.file_position) as FilePosition) : undefined,
      file: row.file ? (JSON.parse(row.file) as StagedFile) : undefined,
      heldForUpload: row.held_for_upload === 1,
      oneLane: oneLane.has(row.date),
      progressAt: row.progress_at,
      windows: windows.get(row.date) ?? [],
    }));
}

/**
 * The owner of the work and the staged day, while work of this fence on `day` may still be committed: the day may have failed
 * since, or been staged again. To be called inside the committing transaction.
 */
export function currentWork(
  sql: Sql,
  fence: Fence,
  { date, stagingId }: Pick<StagedDay, "date" | "stagingId">,
): { readonly owner: Owner; readonly staged: StagedDay } | undefined {
  const owner = currentOwner(sql, fence);
  const staged = owner && stagedDays(sql, date, date).find((day) => day.stagingId === stagingId);
  return staged && { owner, staged };
}

/** What is staged of each day in a range. */
export function stagedPhases(sql: Sql, from: string, to: string): Map<UtcDay, StagedFacts> {
  const rows = sql.all<{ date: UtcDay; phase: Phase; held_for_upload: number; track: "due" | null }>(
    "SELECT date, phase, held_for_upload, plan ->> '$.track' AS track FROM staging WHERE date BETWEEN ? AND ?",
    from,
    to,
  );
  const works = worksOnDue(sql);
  return new Map(
    rows.map(({ date, phase, held_for_upload, track }) => [
      date,
      { phase, heldForUpload: held_for_upload === 1, ...(track === "due" && { due: { works } }) },
    ]),
  );
}

/** The columns of staged work that change, each by itself. */
interface StagingValues {
  phase: Phase;
  transport: Transport;
  file_position: FilePosition;
  held_for_upload: boolean;
  /** From now on the day's object may be the staged file or the one before, until a HEAD shows which. */
  replacing: boolean;
}

export function setStaging<K extends keyof StagingValues>(
  sql: Sql,
  date: UtcDay,
  column: K,
  value: StagingValues[K],
): void {
  const plain: StagingValues[keyof StagingValues] = value;
  const number = typeof plain === "boolean" ? Number(plain) : plain;
  const stored = typeof number === "object" ? JSON.stringify(number) : number;
  sql.run(`UPDATE staging SET ${column} = ? WHERE date = ?`, stored, date);
}

/** Records when the site, and `date` if given, last made progress: the Coordinator tells stuck sites by it. */
export function recordProgress(sql: Sql, clock: Clock, date: UtcDay | undefined): void {
  setState(sql, "lastProgressAt", clock.now());
  if (date === undefined) return;
  sql.run("UPDATE staging SET progress_at = ? WHERE date = ?", clock.now(), date);
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

/** Whether a put of the staged file has begun, so that the day's object may be that file or the one before. */
export function isReplacing(sql: Sql, date: UtcDay): boolean {
  return sql.all("SELECT 1 FROM staging WHERE date = ? AND replacing = 1", date).length > 0;
}

/** The days whose object may be replaced by a put that has begun. */
export function replacedDays(sql: Sql): Set<UtcDay> {
  return new Set(
    sql.all<{ date: UtcDay }>("SELECT date FROM staging WHERE replacing = 1").map(({ date }) => date),
  );
}

/** Drops all that is staged of a day. A put that has begun may still take effect, so its day becomes unverified. */
export function dropStaging(sql: Sql, date: UtcDay): void {
  if (isReplacing(sql, date)) markUnverified(sql, date);
  sql.run("DELETE FROM staging WHERE date = ?", date);
  dropWindows(sql, date);
  dropStagedFile(sql, date);
  endAttemptsOf(sql, date);
}
