import { Mutex, withTimeout } from "../../concurrency/concurrency.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { Clock, Sql, Store, View } from "../../ports/ports.ts";
import type { Table } from "../tables/tables.ts";
import { countAttempt, nextDueAt, type OutboxTable } from "./schedule.ts";

/** KV takes one write a second a key. */
const PUT_GAP_MS = 1_000;
/** Progress is put less often than transitions. */
const PROGRESS_GAP_MS = 10_000;
/** A put without an answer in this time is repeated; it may take effect all the same. */
const PUT_MS_MAX = 20_000;
/** A put of unknown outcome takes effect within this time, if ever: as long as an invocation lives. */
const SETTLED_MS = 15 * 60_000;
/** Puts of one flush, so that it shares its object with other work. */
const PUTS_A_FLUSH = 20;

export const DAY_TTL_S = 30 * 86_400;

const TABLE: OutboxTable = {
  name: "outbox",
  key: "key",
  backoff: { firstMs: 5_000, mostMs: 60_000 },
  delayMsMax: SETTLED_MS,
};

export const viewOutboxTables: readonly Table[] = [
  {
    name: "outbox",
    migrations: {
      1: [
        `CREATE TABLE IF NOT EXISTS outbox (
           key TEXT PRIMARY KEY, value TEXT NOT NULL, ttl INTEGER, version INTEGER NOT NULL,
           due_at INTEGER, put_at INTEGER NOT NULL, failures INTEGER NOT NULL)`,
      ],
      2: ["ALTER TABLE outbox RENAME COLUMN failures TO attempts"],
    },
  },
  {
    // Keys with a put of unknown outcome, and when the last such put began.
    name: "outbox_unsure",
    migrations: {
      1: ["CREATE TABLE IF NOT EXISTS outbox_unsure (key TEXT PRIMARY KEY, begun_at INTEGER NOT NULL)"],
    },
  },
];

interface OutboxRow extends Record<string, string | number | null> {
  key: string;
  value: string;
  ttl: number | null;
  version: number;
  attempts: number;
}

/**
 * What KV should show, written in the transaction of the state that it shows. A newer value replaces one that has
 * not been put. A put of unknown outcome may take effect after the puts that follow it, so its key is put once more
 * when that is no longer possible: KV ends at the last state. Every put runs under
 * `connection`.
 */
export class ViewOutbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #view: View;
  readonly #connection: Mutex;
  readonly #flushes = new Mutex();

  constructor(store: Store, clock: Clock, view: View, connection: Mutex = new Mutex()) {
    this.#store = store;
    this.#clock = clock;
    this.#view = view;
    this.#connection = connection;
  }

  /** Inside the transaction of the state that `value` shows. */
  enqueue(
    sql: Sql,
    key: string,
    value: unknown,
    ttl: number | undefined,
    kind: "transition" | "progress",
  ): void {
    const now = this.#clock.now();
    const gap = kind === "transition" ? PUT_GAP_MS : PROGRESS_GAP_MS;
    // A put in the future was made before the clock stepped back.
    sql.run(
      `INSERT INTO outbox VALUES (?1, ?2, ?3, 1, ?4, 0, 0) ON CONFLICT (key) DO UPDATE SET
        value = excluded.value, ttl = excluded.ttl, version = version + 1,
        due_at = max(min(coalesce(due_at, 9e15), min(put_at, ?4) + ?5), min(put_at, ?4) + ${PUT_GAP_MS})
        WHERE value <> excluded.value`,
      key,
      JSON.stringify(value),
      ttl ?? null,
      now,
      gap,
    );
  }

  /** When the next put is due; undefined: KV shows all there is. */
  dueAt(sql: Sql): EpochMs | undefined {
    return nextDueAt(sql, TABLE, this.#clock.now());
  }

  /** Puts what is due, one key after another. Flushes run one after the other, so that no key is put twice at once. */
  flush(): Promise<void> {
    return this.#flushes.runExclusive(async () => {
      for (const row of this.#due()) await this.#connection.runExclusive(() => this.#put(row));
    });
  }

  /** A put that fails is no error: KV shows an older state until the next. */
  async #put(row: OutboxRow): Promise<void> {
    const unsureSince = this.#begin(row);
    try {
      const put = () => this.#view.put(row.key, row.value, row.ttl ?? undefined);
      await withTimeout(this.#clock, PUT_MS_MAX, put);
      this.#settle(row, unsureSince);
    } catch {
      this.#store.tx((sql) => countAttempt(sql, TABLE, row, this.#clock.now()));
    }
  }

  /** Before the put: dying in it leaves a put of unknown outcome. Returns when the last such put before it began. */
  #begin(row: OutboxRow): EpochMs | undefined {
    return this.#store.tx((sql) => {
      const now = this.#clock.now();
      const query = "SELECT begun_at FROM outbox_unsure WHERE key = ?";
      const [unsure] = sql.all<{ begun_at: number }>(query, row.key);
      sql.run("INSERT OR REPLACE INTO outbox_unsure VALUES (?, ?)", row.key, now);
      sql.run("UPDATE outbox SET put_at = ? WHERE key = ?", now, row.key);
      countAttempt(sql, TABLE, row, now);
      // A time in the future was written before the clock stepped back.
      return unsure && Math.min(unsure.begun_at, now);
    });
  }

  #due(): OutboxRow[] {
    return this.#store.tx((sql) =>
      sql.all<OutboxRow>(
        `SELECT key, value, ttl, version, attempts FROM outbox WHERE due_at <= ?
         ORDER BY due_at, key LIMIT ${PUTS_A_FLUSH}`,
        this.#clock.now(),
      ),
    );
  }

  /** Nothing is due then, unless a newer value was enqueued, or an earlier put may still take effect after this one. */
  #settle(row: OutboxRow, unsureSince: EpochMs | undefined): void {
    this.#store.tx((sql) => {
      const now = this.#clock.now();
      const { key, version } = row;
      const sure = unsureSince === undefined || now - unsureSince >= SETTLED_MS;
      if (sure) sql.run("DELETE FROM outbox_unsure WHERE key = ?", key);
      else sql.run("UPDATE outbox_unsure SET begun_at = ? WHERE key = ?", unsureSince, key);
      const again = sure ? null : Math.max(unsureSince + SETTLED_MS, now + PUT_GAP_MS);
      // The gap counts from the answer: the put may have reached KV as late as that.
      sql.run("UPDATE outbox SET attempts = 0, put_at = ? WHERE key = ?", now, key);
      sql.run("UPDATE outbox SET due_at = ? WHERE key = ? AND version = ?", again, key, version);
      sql.run("UPDATE outbox SET due_at = ? WHERE key = ? AND version <> ?", now + PUT_GAP_MS, key, version);
      sql.run("DELETE FROM outbox WHERE due_at IS NULL AND put_at < ?", now - 10 * PROGRESS_GAP_MS);
    });
  }
}
