import type { EpochMs } from "../domain/day.ts";
import type { Clock, Sql, Store, View } from "./ports.ts";
import { LATE, within } from "./within.ts";

/** KV takes one write a second a key. */
const PUT_GAP_MS = 1_000;
/** Progress is nice to have; transitions are news. */
const PROGRESS_GAP_MS = 10_000;
const RETRY_MS = 5_000;
const RETRY_MS_MAX = 60_000;
/** A put without an answer by then never had one, and holds up the others no longer; it won't land any more. */
const PUT_MS_MAX = 120_000;
/** Puts of one flush, so that it shares its object with other work. */
const PUTS_A_FLUSH = 20;

export const DAY_TTL_S = 30 * 86_400;

interface OutboxRow extends Record<string, string | number | null> {
  key: string;
  value: string;
  ttl: number | null;
  version: number;
  failures: number;
}

/**
 * What KV should show, written in the transaction of the state it shows. A refused or unknown put is done
 * again later; a newer value replaces an older one that has not gone out; so KV ends at the last state.
 */
export class Outbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #view: View;
  #flushed: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock, view: View) {
    this.#store = store;
    this.#clock = clock;
    this.#view = view;
    store.tx((sql) => {
      sql.run(`CREATE TABLE IF NOT EXISTS outbox (
        key TEXT PRIMARY KEY, value TEXT NOT NULL, ttl INTEGER, version INTEGER NOT NULL,
        due_at INTEGER, put_at INTEGER NOT NULL, failures INTEGER NOT NULL)`);
    });
  }

  stage(
    sql: Sql,
    key: string,
    value: unknown,
    ttl: number | undefined,
    kind: "transition" | "progress",
  ): void {
    const now = this.#clock.now();
    const gap = kind === "transition" ? PUT_GAP_MS : PROGRESS_GAP_MS;
    sql.run(
      `INSERT INTO outbox VALUES (?, ?, ?, 1, ?, 0, 0) ON CONFLICT (key) DO UPDATE SET
        value = excluded.value, ttl = excluded.ttl, version = version + 1,
        due_at = max(min(coalesce(due_at, 9e15), put_at + ?), put_at + ${PUT_GAP_MS})
        WHERE value <> excluded.value`,
      key,
      JSON.stringify(value),
      ttl ?? null,
      now,
      gap,
    );
  }

  /** When the next put is due; undefined when KV shows all there is. */
  dueAt(sql: Sql): EpochMs | undefined {
    const [row] = sql.all<{ due: number | null }>("SELECT min(due_at) AS due FROM outbox");
    if (row?.due == null) return undefined;
    const now = this.#clock.now();
    return row.due > now + RETRY_MS_MAX ? now : row.due;
  }

  /** Puts what is due, one key after another; one flush after the other, so that no key is put twice at once. */
  flush(): Promise<void> {
    const putDue = () => this.#putDue();
    this.#flushed = this.#flushed.then(putDue, putDue);
    return this.#flushed;
  }

  /** Never throws: a view that lags fails nothing. */
  async #putDue(): Promise<void> {
    for (const row of this.#due()) {
      // Counted before the put, so that a crash can't lead to two writes within a second.
      this.#store.tx((sql) => {
        sql.run("UPDATE outbox SET put_at = ? WHERE key = ?", this.#clock.now(), row.key);
      });
      try {
        const put = this.#view.put(row.key, row.value, row.ttl ?? undefined);
        if ((await within(this.#clock, PUT_MS_MAX, put)) === LATE) throw new Error("no answer");
        this.#settle(row);
      } catch {
        const wait = Math.min(RETRY_MS * 2 ** row.failures, RETRY_MS_MAX);
        this.#store.tx((sql) => {
          sql.run(
            "UPDATE outbox SET due_at = ?, failures = failures + 1 WHERE key = ?",
            this.#clock.now() + wait,
            row.key,
          );
        });
      }
    }
  }

  #due(): OutboxRow[] {
    return this.#store.tx((sql) =>
      sql.all<OutboxRow>(
        // Nothing is put off longer than a retry: a time beyond was written by a clock that has stepped back since.
        `SELECT key, value, ttl, version, failures FROM outbox WHERE due_at <= ?1 OR due_at > ?1 + ${RETRY_MS_MAX}
         ORDER BY due_at, key LIMIT ${PUTS_A_FLUSH}`,
        this.#clock.now(),
      ),
    );
  }

  /** Unless a newer value came meanwhile, nothing is due; the row stays for the gap after its put. */
  #settle(row: OutboxRow): void {
    this.#store.tx((sql) => {
      const now = this.#clock.now();
      sql.run("UPDATE outbox SET failures = 0 WHERE key = ?", row.key);
      sql.run("UPDATE outbox SET due_at = NULL WHERE key = ? AND version = ?", row.key, row.version);
      sql.run(
        "UPDATE outbox SET due_at = ? WHERE key = ? AND version <> ?",
        now + PUT_GAP_MS,
        row.key,
        row.version,
      );
      sql.run("DELETE FROM outbox WHERE due_at IS NULL AND put_at < ?", now - 10 * PROGRESS_GAP_MS);
    });
  }
}
