import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import { addTransport, NOTHING_FETCHED, type Transport } from "../../../domain/evidence.ts";
import type { Span } from "../../../domain/samples.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { Sql } from "../../ports.ts";
import { PAUSE_MS_MAX } from "../../rate-gate/rate-gate.ts";

/** The windows of staged days: parts of a day that are fetched side by side. */
export const fetchWindowTable: Table = {
  name: "fetch_window",
  migrations: {
    1: [
      `CREATE TABLE IF NOT EXISTS span (date TEXT NOT NULL, idx INTEGER NOT NULL, from_micros INTEGER NOT NULL,
           to_micros INTEGER NOT NULL, walk TEXT, done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (date, idx))`,
    ],
    2: [
      "ALTER TABLE span RENAME TO fetch_window",
      "ALTER TABLE fetch_window RENAME COLUMN walk TO pagination",
      "ALTER TABLE fetch_window ADD COLUMN pages INTEGER NOT NULL DEFAULT 0",
      // Pages were counted for the day alone: of several windows, each begins to count at 0.
      `UPDATE fetch_window SET pages = transport ->> '$.pages' FROM staging WHERE staging.date = fetch_window.date
           AND (SELECT count(*) FROM fetch_window AS every WHERE every.date = staging.date) = 1`,
    ],
    3: [
      "ALTER TABLE fetch_window ADD COLUMN transport TEXT",
      "ALTER TABLE fetch_window ADD COLUMN reread INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE fetch_window ADD COLUMN waiting_until INTEGER",
      "ALTER TABLE fetch_window ADD COLUMN paused_since INTEGER",
    ],
    5: ["ALTER TABLE fetch_window ADD COLUMN source TEXT"],
  },
};

/** Where rows come from that the API does not send: hot storage has handed them over, or the present object has them. */
export type WindowSource = "hot" | "object";

export interface StagedWindow {
  readonly index: number;
  readonly span: Span;
  /** A saved pagination, as JSON; undefined before the first run of the window. */
  readonly pagination: string | undefined;
  /** Pages of the window that are committed. */
  readonly pages: number;
  readonly done: boolean;
  /** Pages and rows of the window that are committed, without examples of dropped rows. */
  readonly transport: Transport;
  /** The API refused a cursor of the window, which was then read again from its beginning. */
  readonly reread: boolean;
  /** The API stated a pause for the window's next request; undefined once a run is committed. */
  readonly waitingUntil: EpochMs | undefined;
  /** When the API first stated a pause, with no page since. */
  readonly pausedSince: EpochMs | undefined;
  /** Absent: the API. Its rows give way to those of the API. */
  readonly source?: WindowSource;
}

/** Whether the window waits for a stated pause. A later time than any pause comes from a clock that has stepped back. */
export function isPaused({ waitingUntil }: Pick<StagedWindow, "waitingUntil">, now: EpochMs): boolean {
  return waitingUntil !== undefined && waitingUntil > now && waitingUntil <= now + PAUSE_MS_MAX;
}

/** A window to add; without a source it is fetched from the API. */
export interface NewWindow extends Span {
  readonly source?: WindowSource;
}

export function addWindows(sql: Sql, date: UtcDay, windows: readonly NewWindow[]): void {
  windows.forEach(({ fromMicros, toMicros, source }, index) => {
    sql.run(
      "INSERT INTO fetch_window (date, idx, from_micros, to_micros, source) VALUES (?, ?, ?, ?, ?)",
      ...[date, index, fromMicros, toMicros, source ?? null],
    );
  });
}

/** The windows of all staged days, in order. */
export function windowsByDay(
  sql: Sql,
  from: string,
  to: string,
): ReadonlyMap<string, readonly StagedWindow[]> {
  const byDay = new Map<string, StagedWindow[]>();
  for (const row of sql.all<{
    date: string;
    idx: number;
    from_micros: number;
    to_micros: number;
    pagination: string | null;
    pages: number;
    done: number;
    transport: string | null;
    reread: number;
    waiting_until: number | null;
    paused_since: number | null;
    source: WindowSource | null;
  }>("SELECT * FROM fetch_window WHERE date BETWEEN ? AND ? ORDER BY date, idx", from, to)) {
    const windows = byDay.get(row.date) ?? [];
    byDay.set(row.date, windows);
    windows.push({
      index: row.idx,
      span: { fromMicros: row.from_micros, toMicros: row.to_micros },
      pagination: row.pagination ?? undefined,
      pages: row.pages,
      done: row.done === 1,
      transport: row.transport === null ? NOTHING_FETCHED : (JSON.parse(row.transport) as Transport),
      reread: row.reread === 1,
      waitingUntil: row.waiting_until ?? undefined,
      pausedSince: row.paused_since ?? undefined,
      ...(row.source !== null && { source: row.source }),
    });
  }
  return byDay;
}

/** What a run of a window commits: how far it has read, what it has read, and a pause that the API stated. */
export interface WindowRun {
  readonly pagination: string;
  readonly transport: Transport;
  readonly done: boolean;
  readonly waitingUntil: EpochMs | undefined;
  readonly pausedSince: EpochMs | undefined;
}

export function advanceWindow(
  sql: Sql,
  date: UtcDay,
  { index, transport: before }: StagedWindow,
  { pagination, transport, done, waitingUntil, pausedSince }: WindowRun,
): void {
  const { dropped: _, ...rows } = addTransport(before, transport);
  sql.run(
    `UPDATE fetch_window SET pagination = ?, pages = pages + ?, done = ?, transport = ?, waiting_until = ?,
       paused_since = ? WHERE date = ? AND idx = ?`,
    pagination,
    transport.pages,
    done ? 1 : 0,
    JSON.stringify(rows),
    waitingUntil ?? null,
    pausedSince ?? null,
    date,
    index,
  );
}

/** Makes the window be read again from its beginning, as if no run of it had been committed. */
export function resetWindow(sql: Sql, date: UtcDay, index: number): void {
  sql.run(
    `UPDATE fetch_window SET pagination = NULL, pages = 0, transport = NULL, reread = 1, waiting_until = NULL,
       paused_since = NULL WHERE date = ? AND idx = ?`,
    date,
    index,
  );
}

export function dropWindows(sql: Sql, date: UtcDay): void {
  sql.run("DELETE FROM fetch_window WHERE date = ?", date);
}
