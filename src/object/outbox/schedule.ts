import type { EpochMs } from "../../domain/day.ts";
import type { Sql } from "../../ports/ports.ts";

/** An outbox's table: `key` names a row, `due_at` says when it is delivered next, `attempts` how often that was tried. */
export interface OutboxTable {
  readonly name: "outbox" | "alert_notice";
  readonly key: "key" | "id";
  /** What is not delivered is tried again after `firstMs`, doubling up to `mostMs`. */
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** No row is ever put off by more than this. */
  readonly delayMsMax: number;
}

/** When the next of `rows` is due; undefined: nothing is to be delivered. */
export function nextDueAt(sql: Sql, table: OutboxTable, now: EpochMs, rows: string = table.name) {
  // A time further ahead was written before the clock stepped back.
  sql.run(
    `UPDATE ${table.name} SET due_at = ? WHERE due_at > ?`,
    now + table.backoff.firstMs,
    now + table.delayMsMax,
  );
  const [row] = sql.all<{ due: EpochMs | null }>(`SELECT min(due_at) AS due FROM ${rows}`);
  return row?.due ?? undefined;
}

/**
 * Counts an attempt and makes the row due again, `answerMsMax` and the backoff later. Called before the attempt, so that
 * dying in it leaves a row that is delivered again, and after one that failed; `row` is as it was before the attempt.
 */
export function countAttempt(
  sql: Sql,
  { name, key, backoff }: OutboxTable,
  row: { readonly key: string | number; readonly attempts: number },
  now: EpochMs,
  answerMsMax = 0,
): void {
  const dueAt = now + answerMsMax + Math.min(backoff.firstMs * 2 ** row.attempts, backoff.mostMs);
  sql.run(`UPDATE ${name} SET due_at = ?, attempts = ? WHERE ${key} = ?`, dueAt, row.attempts + 1, row.key);
}
