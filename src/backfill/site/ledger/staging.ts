import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { type Content, NOTHING_FETCHED, type Transport } from "../../../domain/evidence.ts";
import { HELD_FOR_UPLOAD_BYTES_MAX, SQL_VALUE_BYTES_MAX } from "../../../domain/limits.ts";
import type { Span } from "../../../domain/samples.ts";
import type { Sql } from "../../ports.ts";
import type { DayPlan } from "../plan.ts";
import type { Phase } from "./day-state.ts";
import { markUnverified } from "./ledger.ts";

/** A file as it lies in `part`, ready to be published. */
export interface StagedFile {
  readonly content: Content;
  readonly duplicates: number;
}

/** A day under way, without its bulk. */
export interface StagedDay {
  readonly date: UtcDay;
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

export interface StagedWindow {
  readonly index: number;
  readonly span: Span;
  readonly pagination: string | undefined;
  /** Pages of the window that are committed. */
  readonly pages: number;
  readonly done: boolean;
}

interface StagingRow extends Record<string, string | number | null> {
  date: string;
  staging_id: string;
  phase: string;
  plan: string;
  transport: string;
  file: string | null;
  kept: number;
  one_lane: number | null;
  progress_at: number;
}

export function stageDay(
  sql: Sql,
  date: UtcDay,
  stagingId: string,
  plan: DayPlan,
  windows: readonly Span[],
): void {
  // Nothing is staged of it; what was in hand for it is laid down.
  dropStaging(sql, date);
  sql.run(
    "INSERT INTO staging (date, token, phase, plan, transport, progress_at) VALUES (?, ?, 'fetching', ?, ?, ?)",
    date,
    stagingId,
    JSON.stringify(plan),
    JSON.stringify(NOTHING_FETCHED),
    plan.createdAt,
  );
  windows.forEach((span, index) => {
    sql.run(
      "INSERT INTO span (date, idx, from_micros, to_micros) VALUES (?, ?, ?, ?)",
      date,
      index,
      span.fromMicros,
      span.toMicros,
    );
  });
}

/** Days under way, in order. */
export function stagedDays(sql: Sql): StagedDay[] {
  const windows = sql.all<{
    date: string;
    idx: number;
    from_micros: number;
    to_micros: number;
    walk: string | null;
    pages: number;
    done: number;
  }>("SELECT * FROM span ORDER BY date, idx");
  return sql
    .all<StagingRow>(
      `SELECT date, token AS staging_id, phase, plan, transport, file, kept, progress_at, one_lane
         FROM staging LEFT JOIN day USING (date) ORDER BY date`,
    )
    .map((row) => ({
      date: row.date as UtcDay,
      stagingId: row.staging_id,
      phase: row.phase as Phase,
      plan: JSON.parse(row.plan) as DayPlan,
      transport: JSON.parse(row.transport) as Transport,
      file: row.file ? (JSON.parse(row.file) as StagedFile) : undefined,
      heldForUpload: row.kept === 1,
      oneLane: row.one_lane === 1,
      progressAt: row.progress_at,
      windows: windows
        .filter((window) => window.date === row.date)
        .map((window) => ({
          index: window.idx,
          span: { fromMicros: window.from_micros, toMicros: window.to_micros },
          pagination: window.walk ?? undefined,
          pages: window.pages,
          done: window.done === 1,
        })),
    }));
}

/** undefined where the attempt with `token` is gone: its work has nowhere to go. */
export function stagedDay(sql: Sql, date: UtcDay, stagingId: string): StagedDay | undefined {
  return stagedDays(sql).find((day) => day.date === date && day.stagingId === stagingId);
}

/** Whether this work on the day is still staged: the day may have failed since, or been staged again. */
export function isStaged(sql: Sql, date: UtcDay, stagingId: string): boolean {
  return sql.all("SELECT 1 FROM staging WHERE date = ? AND token = ?", date, stagingId).length > 0;
}

export function setPhase(sql: Sql, date: UtcDay, phase: Phase): void {
  sql.run("UPDATE staging SET phase = ? WHERE date = ?", phase, date);
}

export function setTransport(sql: Sql, date: UtcDay, transport: Transport): void {
  sql.run("UPDATE staging SET transport = ? WHERE date = ?", JSON.stringify(transport), date);
}

/** How far a window has been read, after a run of `pages` more pages. */
export function advanceWindow(
  sql: Sql,
  date: UtcDay,
  index: number,
  { pagination, pages, done }: Pick<StagedWindow, "pagination" | "pages" | "done">,
): void {
  sql.run(
    "UPDATE span SET walk = ?, pages = pages + ?, done = ? WHERE date = ? AND idx = ?",
    pagination ?? null,
    pages,
    done ? 1 : 0,
    date,
    index,
  );
}

export function addBlock(sql: Sql, date: UtcDay, bucket: number, bytes: Uint8Array): void {
  sql.run(
    "INSERT INTO block (date, bucket, bytes, data) VALUES (?, ?, ?, ?)",
    date,
    bucket,
    bytes.byteLength,
    bytes,
  );
}

/** The bytes of the file's next part, in as many rows as SQLite's bound on values asks for. */
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

export function sealFile(sql: Sql, date: UtcDay, file: StagedFile): void {
  sql.run("UPDATE staging SET phase = 'encoded', file = ? WHERE date = ?", JSON.stringify(file), date);
  sql.run("DELETE FROM block WHERE date = ?", date);
  sql.run("DELETE FROM row_group WHERE date = ?", date);
}

/** Whether the database has room to hold the day's file for a later upload; if not, a retry fetches the day again. */
export function hasRoomToHold(sql: Sql, date: UtcDay): boolean {
  const waiting = stagedDays(sql).filter((day) => day.heldForUpload || day.date === date);
  const bytes = waiting.reduce((sum, { file }) => sum + (file?.content.bytes ?? 0), 0);
  return bytes <= HELD_FOR_UPLOAD_BYTES_MAX;
}

export function setHeldForUpload(sql: Sql, date: UtcDay, held: boolean): void {
  sql.run("UPDATE staging SET kept = ? WHERE date = ?", held ? 1 : 0, date);
}

/** From here on the object may be the staged file or the one before, until a HEAD tells. */
export function beginReplacing(sql: Sql, date: UtcDay): void {
  sql.run("UPDATE staging SET replacing = 1 WHERE date = ?", date);
}

/** A put that was begun may still land: which file the day has is then not known any more. */
export function dropStaging(sql: Sql, date: UtcDay): void {
  if (sql.all("SELECT 1 FROM staging WHERE date = ? AND replacing = 1", date).length > 0) {
    markUnverified(sql, date);
  }
  for (const table of ["staging", "span", "block", "part", "row_group", "in_hand"]) {
    sql.run(`DELETE FROM ${table} WHERE date = ?`, date);
  }
}
