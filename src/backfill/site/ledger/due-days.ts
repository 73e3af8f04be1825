import type { EpochMs, UtcDay } from "../../../domain/day.ts";
import type { Table } from "../../../object/tables/tables.ts";
import type { DueDay } from "../../../ports/due.ts";
import type { Sql } from "../../ports.ts";
import type { DayFailure } from "./day-table.ts";

/** Days that the site archives by itself. Whether one is done is derived from the ledger, and stored nowhere else. */
export const dueDayTable: Table = {
  name: "due_day",
  migrations: {
    4: [
      `CREATE TABLE due_day (date TEXT PRIMARY KEY, fetched_since INTEGER NOT NULL, listed_at INTEGER NOT NULL,
         failures INTEGER NOT NULL DEFAULT 0, failure TEXT, retry_at INTEGER) WITHOUT ROWID`,
    ],
  },
};

/** A failed day is tried again after 1 min, doubling to 1 h. */
const RETRY_MS = 60_000;
export const DUE_RETRY_MS_MAX = 3_600_000;

/** A due day as it is stored. */
export interface ListedDay extends DueDay {
  /** When the list first had the day with this `fetchedSince`. */
  readonly listedAt: EpochMs;
  /** Failed attempts in a row. */
  readonly failures: number;
  /** The last of them. */
  readonly failure: DayFailure | undefined;
  /** When the day is tried again; undefined: at once. */
  readonly retryAt: EpochMs | undefined;
}

/** In order. */
export function listedDays(sql: Sql): ListedDay[] {
  return sql
    .all<{
      date: UtcDay;
      fetched_since: number;
      listed_at: number;
      failures: number;
      failure: string | null;
      retry_at: number | null;
    }>("SELECT date, fetched_since, listed_at, failures, failure, retry_at FROM due_day ORDER BY date")
    .map((row) => ({
      date: row.date,
      fetchedSince: row.fetched_since,
      listedAt: row.listed_at,
      failures: row.failures,
      failure: row.failure === null ? undefined : (JSON.parse(row.failure) as DayFailure),
      retryAt: row.retry_at ?? undefined,
    }));
}

/** Replaces the list. A day that stays with the same `fetchedSince` keeps its failures. */
export function replaceListed(sql: Sql, days: readonly DueDay[], now: EpochMs): void {
  const before = new Map(listedDays(sql).map((day) => [day.date, day]));
  for (const { date, fetchedSince } of days) {
    const known = before.get(date);
    before.delete(date);
    if (known?.fetchedSince === fetchedSince) continue;
    sql.run(
      "INSERT OR REPLACE INTO due_day (date, fetched_since, listed_at) VALUES (?, ?, ?)",
      date,
      fetchedSince,
      now,
    );
  }
  for (const date of before.keys()) sql.run("DELETE FROM due_day WHERE date = ?", date);
}

/** A day that is not listed any more has no failures. */
export function recordDueFailure(sql: Sql, date: UtcDay, failure: DayFailure): void {
  const listed = listedDays(sql).find((day) => day.date === date);
  if (!listed) return;
  const delayMs = Math.min(RETRY_MS * 2 ** Math.min(listed.failures, 10), DUE_RETRY_MS_MAX);
  sql.run(
    "UPDATE due_day SET failures = failures + 1, failure = ?, retry_at = ? WHERE date = ?",
    JSON.stringify(failure),
    failure.at + delayMs,
    date,
  );
}

/** Takes the last failure back, because an outage failed the day: it is tried again when the outage is over. */
export function forgiveDueFailure(sql: Sql, date: UtcDay): void {
  sql.run("UPDATE due_day SET failures = max(0, failures - 1), retry_at = NULL WHERE date = ?", date);
}

/** The day has been published. */
export function clearDueFailures(sql: Sql, date: UtcDay): void {
  sql.run("UPDATE due_day SET failures = 0, failure = NULL, retry_at = NULL WHERE date = ?", date);
}
