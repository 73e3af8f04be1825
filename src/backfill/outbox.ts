import { Mutex } from "../concurrency/concurrency.ts";
import type { EpochMs } from "../domain/day.ts";
import type { Clock, Sql, Store, View } from "./ports.ts";

/** KV takes one write a second a key. */
const PUT_GAP_MS = 1_000;
/** Progress is nice to have; transitions are news. */
const PROGRESS_GAP_MS = 10_000;
const RETRY_MS = 5_000;
const RETRY_MS_MAX = 60_000;
/** A put that nobody knows the end of has landed by then, if it ever does: as long as an invocation lives. */
const LANDED_MS = 15 * 60_000;
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
 * What KV should show, written in the transaction of the state it shows. A newer value replaces an older one that
 * has not gone out. A put whose end is unknown may land after those that follow it, so its key is put once more
 * when it can't any longer: KV ends at the last state. `view` answers or fails within a bound; each put takes
 * its turn at `connection`.
 */
export class Outbox {
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
    store.tx((sql) => {
      sql.run(`CREATE TABLE IF NOT EXISTS outbox (
        key TEXT PRIMARY KEY, value TEXT NOT NULL, ttl INTEGER, version INTEGER NOT NULL,
        due_at INTEGER, put_at INTEGER NOT NULL, failures INTEGER NOT NULL)`);
      // Keys with a put of unknown end, and when the last such was begun.
      sql.run("CREATE TABLE IF NOT EXISTS outbox_unsure (key TEXT PRIMARY KEY, begun_at INTEGER NOT NULL)");
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

  /** When the next put is due; undefined when KV shows all there is. */
  dueAt(sql: Sql): EpochMs | undefined {
    const now = this.#clock.now();
    // Further ahead than anything is put off: the clock has stepped back.
    sql.run("UPDATE outbox SET due_at = ? WHERE due_at > ?", now + RETRY_MS, now + LANDED_MS);
    const [row] = sql.all<{ due: number | null }>("SELECT min(due_at) AS due FROM outbox");
    return row?.due ?? undefined;
  }

  /** Puts what is due, one key after another; one flush after the other, so that no key is put twice at once. */
  flush(): Promise<void> {
    return this.#flushes.runExclusive(() => this.#putDue());
  }

  /** Never throws: a view that lags fails nothing. */
  async #putDue(): Promise<void> {
    for (const row of this.#due()) await this.#connection.runExclusive(() => this.#put(row));
  }

  async #put(row: OutboxRow): Promise<void> {
    const unsureSince = this.#begin(row);
    try {
      await this.#view.put(row.key, row.value, row.ttl ?? undefined);
      this.#settle(row, unsureSince);
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

  /**
   * Before the put: dying in it leaves one of unknown end, and the next not before `RETRY_MS`. Answers when the
   * last put of unknown end was begun before this one.
   */
  #begin(row: OutboxRow): EpochMs | undefined {
    return this.#store.tx((sql) => {
      const now = this.#clock.now();
      const query = "SELECT begun_at FROM outbox_unsure WHERE key = ?";
      const [unsure] = sql.all<{ begun_at: number }>(query, row.key);
      sql.run("INSERT OR REPLACE INTO outbox_unsure VALUES (?, ?)", row.key, now);
      sql.run("UPDATE outbox SET put_at = ?, due_at = ? WHERE key = ?", now, now + RETRY_MS, row.key);
      // In the future: the clock has stepped back since.
      return unsure && Math.min(unsure.begun_at, now);
    });
  }

  #due(): OutboxRow[] {
    return this.#store.tx((sql) =>
      sql.all<OutboxRow>(
        `SELECT key, value, ttl, version, failures FROM outbox WHERE due_at <= ?
         ORDER BY due_at, key LIMIT ${PUTS_A_FLUSH}`,
        this.#clock.now(),
      ),
    );
  }

  /** Nothing is due then, unless a newer value came meanwhile, or an earlier put may still land on this one. */
  #settle(row: OutboxRow, unsureSince: EpochMs | undefined): void {
    this.#store.tx((sql) => {
      const now = this.#clock.now();
      const { key, version } = row;
      const sure = unsureSince === undefined || now - unsureSince >= LANDED_MS;
      if (sure) sql.run("DELETE FROM outbox_unsure WHERE key = ?", key);
      else sql.run("UPDATE outbox_unsure SET begun_at = ? WHERE key = ?", unsureSince, key);
      const again = sure ? null : unsureSince + LANDED_MS;
      // The gap counts from the answer: the put may have arrived as late as that.
      sql.run("UPDATE outbox SET failures = 0, put_at = ? WHERE key = ?", now, key);
      sql.run("UPDATE outbox SET due_at = ? WHERE key = ? AND version = ?", again, key, version);
      sql.run("UPDATE outbox SET due_at = ? WHERE key = ? AND version <> ?", now + PUT_GAP_MS, key, version);
      sql.run("DELETE FROM outbox WHERE due_at IS NULL AND put_at < ?", now - 10 * PROGRESS_GAP_MS);
    });
  }
}
