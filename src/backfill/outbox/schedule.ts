import type { EpochMs } from "../../domain/day.ts";
import type { Sql } from "../ports.ts";

/** What is not delivered is tried again after `firstMs`, doubling up to `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

export function backoffMs({ firstMs, mostMs }: Backoff, attempts: number): number {
  return Math.min(firstMs * 2 ** attempts, mostMs);
}

/** An outbox's table: `key` names a row, `due_at` says when it is delivered next, `attempts` how often that was tried. */
export interface OutboxTable {
  readonly name: "outbox" | "alert_notice";
  readonly key: "key" | "id";
  readonly backoff: Backoff;
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
 * Counts an attempt before it is made, and makes the row due again in case the attempt never ends: `answerMsMax`
 * and the backoff later. Dying in the attempt leaves a row that is delivered again.
 */
export function beginDelivery(
  sql: Sql,
  table: OutboxTable,
  row: { readonly key: string | number; readonly attempts: number },
  now: EpochMs,
  answerMsMax = 0,
): void {
  const again = now + answerMsMax + backoffMs(table.backoff, row.attempts);
  setDue(sql, table, row.key, again, row.attempts + 1);
}

/** After an attempt that failed or has no known outcome; `row` is as it was before the attempt. */
export function retryDelivery(
  sql: Sql,
  table: OutboxTable,
  row: { readonly key: string | number; readonly attempts: number },
  now: EpochMs,
): void {
  setDue(sql, table, row.key, now + backoffMs(table.backoff, row.attempts), row.attempts + 1);
}

function setDue(sql: Sql, { name, key }: OutboxTable, row: string | number, at: EpochMs, attempts: number) {
  sql.run(`UPDATE ${name} SET due_at = ?, attempts = ? WHERE ${key} = ?`, at, attempts, row);
}
