import type { UtcDay } from "../../../domain/day.ts";
import type { Span } from "../../../domain/samples.ts";
import type { Sql } from "../../ports.ts";
import type { Table } from "../../tables/tables.ts";

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
  },
};

export interface StagedWindow {
  readonly index: number;
  readonly span: Span;
  /** A saved pagination, as JSON; undefined before the first run of the window. */
  readonly pagination: string | undefined;
  /** Pages of the window that are committed. */
  readonly pages: number;
  readonly done: boolean;
}

export function addWindows(sql: Sql, date: UtcDay, windows: readonly Span[]): void {
  windows.forEach((span, index) => {
    sql.run(
      "INSERT INTO fetch_window (date, idx, from_micros, to_micros) VALUES (?, ?, ?, ?)",
      date,
      index,
      span.fromMicros,
      span.toMicros,
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
  }>("SELECT * FROM fetch_window WHERE date BETWEEN ? AND ? ORDER BY date, idx", from, to)) {
    const windows = byDay.get(row.date) ?? [];
    byDay.set(row.date, windows);
    windows.push({
      index: row.idx,
      span: { fromMicros: row.from_micros, toMicros: row.to_micros },
      pagination: row.pagination ?? undefined,
      pages: row.pages,
      done: row.done === 1,
    });
  }
  return byDay;
}

/** Commits the pagination of a window after a run of `pages` more pages. */
export function advanceWindow(
  sql: Sql,
  date: UtcDay,
  index: number,
  { pagination, pages, done }: Pick<StagedWindow, "pagination" | "pages" | "done">,
): void {
  sql.run(
    "UPDATE fetch_window SET pagination = ?, pages = pages + ?, done = ? WHERE date = ? AND idx = ?",
    pagination ?? null,
    pages,
    done ? 1 : 0,
    date,
    index,
  );
}

export function dropWindows(sql: Sql, date: UtcDay): void {
  sql.run("DELETE FROM fetch_window WHERE date = ?", date);
}
