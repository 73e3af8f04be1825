import { withTimeout } from "../concurrency/concurrency.ts";
import type { Alert, AlertNotice } from "../contract/backfill.ts";
import type { EpochMs } from "../domain/day.ts";
import type { AlertReceiver, Clock, Log, Sql, Store } from "./ports.ts";

/** A receiver that has not answered by then may have heard; it is told again. */
const DELIVER_MS_MAX = 10_000;
const RETRY_MS = 5_000;
const RETRY_MS_MAX = 600_000;
/** About a day of them; counted, for a clock that steps must not give anything up. */
const TRIES_MAX = 150;
/** Older ones make room: an alert that comes and goes while the receiver is away for a day. */
const NOTICES_KEPT = 1_000;

interface Waiting extends Record<string, string | number> {
  id: number;
  body: string;
  tries: number;
}

/**
 * What an alert's receiver is to be told, written in the transaction that raises or clears it, so that a crash neither
 * loses a notice nor makes two of one. It is delivered at least once, in order a site; a notice that is sent again, for
 * nobody knows whether it was heard, carries the key it was first sent with.
 */
export class AlertOutbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #receiver: AlertReceiver | undefined;
  readonly #log: Log;
  #delivering = false;

  /** Without a receiver nothing is kept for one. */
  constructor(store: Store, clock: Clock, receiver: AlertReceiver | undefined, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#log = log;
    store.tx((sql) => {
      // An id is never given twice, for it is what tells a receiver one notice from another.
      sql.run(`CREATE TABLE IF NOT EXISTS alert_notice (
        id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, body TEXT NOT NULL,
        due_at INTEGER NOT NULL, tries INTEGER NOT NULL)`);
      if (!receiver) sql.run("DELETE FROM alert_notice");
    });
  }

  /** Inside the transaction that has raised or cleared the alert. */
  stage(sql: Sql, alert: Alert, state: AlertNotice["state"], now: EpochMs): void {
    if (!this.#receiver) return;
    const notice: Omit<AlertNotice, "idempotency_key"> = {
      text: `Backfill alert ${state}: ${alert.message}`,
      state,
      at: new Date(now).toISOString(),
      ...alert,
    };
    sql.run(
      "INSERT INTO alert_notice (site, body, due_at, tries) VALUES (?, ?, ?, 0)",
      alert.site ?? "",
      JSON.stringify(notice),
      now,
    );
    sql.run("DELETE FROM alert_notice WHERE id <= (SELECT max(id) FROM alert_notice) - ?", NOTICES_KEPT);
  }

  /** When the next is due; undefined when everything has been told. */
  dueAt(sql: Sql): EpochMs | undefined {
    const now = this.#clock.now();
    // Further ahead than anything is put off: the clock has stepped back.
    sql.run("UPDATE alert_notice SET due_at = ? WHERE due_at > ?", now + RETRY_MS, now + RETRY_MS_MAX);
    const [row] = sql.all<{ due: number | null }>(`SELECT min(due_at) AS due FROM ${FIRST_OF_EACH_SITE}`);
    return row?.due ?? undefined;
  }

  /** Tells what is due, one after another; returns at once where that is being done already. */
  async deliver(): Promise<void> {
    if (!this.#receiver || this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#begin(); next; next = this.#begin()) await this.#tell(next, this.#receiver);
    } finally {
      this.#delivering = false;
    }
  }

  /** Dying from here on leaves a notice of which nobody knows whether it was heard, and which is told again. */
  #begin(): Waiting | undefined {
    return this.#store.tx((sql) => {
      const now = this.#clock.now();
      const query = `SELECT id, body, tries FROM ${FIRST_OF_EACH_SITE} WHERE due_at <= ? ORDER BY due_at, id`;
      const [next] = sql.all<Waiting>(`${query} LIMIT 1`, now);
      const again = now + DELIVER_MS_MAX + backoffMs(next?.tries ?? 0);
      if (next) sql.run("UPDATE alert_notice SET tries = tries + 1, due_at = ? WHERE id = ?", again, next.id);
      return next;
    });
  }

  async #tell({ id, body, tries }: Waiting, receiver: AlertReceiver): Promise<void> {
    const { backfill_id, ...notice } = JSON.parse(body) as AlertNotice;
    const key = `${backfill_id}-${id}`;
    const whole = JSON.stringify({ ...notice, backfill_id, idempotency_key: key } satisfies AlertNotice);
    const over = new AbortController();
    const status = await withTimeout(this.#clock, DELIVER_MS_MAX, () =>
      receiver.deliver(whole, key, over.signal),
    ).catch(() => undefined);
    over.abort();
    const { alert, state, site } = notice;
    const about = { alert, state, site, status: status ?? null, tries: tries + 1 };
    const outcome = outcomeOf(status);
    if (outcome === "again" && tries + 1 < TRIES_MAX) {
      if (tries === 0) this.#log("WARN", "[BACKFILL] An alert could not be told yet", about);
      this.#store.tx((sql) => {
        sql.run("UPDATE alert_notice SET due_at = ? WHERE id = ?", this.#clock.now() + backoffMs(tries), id);
      });
      return;
    }
    if (outcome !== "heard") this.#log("ERROR", "[BACKFILL] An alert is not told: given up", about);
    this.#store.tx((sql) => {
      sql.run("DELETE FROM alert_notice WHERE id = ?", id);
    });
  }
}

/** A site's notices are told in their order, and those of the whole backfill in theirs. */
const FIRST_OF_EACH_SITE =
  "(SELECT * FROM alert_notice WHERE id IN (SELECT min(id) FROM alert_notice GROUP BY site))";

/** What is not to be had now may be later; what is refused, or lies elsewhere, will not be taken the next time either. */
function outcomeOf(status: number | undefined): "heard" | "again" | "refused" {
  if (status === undefined || status >= 500 || status < 200) return "again";
  if (status < 300) return "heard";
  return NOT_NOW.includes(status) ? "again" : "refused";
}

const NOT_NOW = [408, 425, 429];

const backoffMs = (tries: number) => Math.min(RETRY_MS * 2 ** tries, RETRY_MS_MAX);
