import { withTimeout } from "../../concurrency/concurrency.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { AlertReceiver, Clock, Log, Sql, Store } from "../../ports/ports.ts";
import type { Table } from "../tables/tables.ts";
import { countAttempt, nextDueAt, type OutboxTable } from "./schedule.ts";

/** A delivery without an answer in this time is repeated; the receiver may have got it. */
const DELIVER_MS_MAX = 10_000;
const BACKOFF = { firstMs: 5_000, mostMs: 600_000 };
/** About a day of attempts. They are counted, because a clock that steps must not end the deliveries early. */
const ATTEMPTS_MAX = 150;
/** An alert that comes and goes while the receiver is away for a day makes many; the oldest make room. */
const NOTICES_KEPT = 1_000;

const TABLE: OutboxTable = {
  name: "alert_notice",
  key: "id",
  backoff: BACKOFF,
  delayMsMax: BACKOFF.mostMs + DELIVER_MS_MAX,
};

export const alertOutboxTables: readonly Table[] = [
  {
    name: "alert_notice",
    migrations: {
      // An id is never used twice, because it tells a receiver one notice from another.
      1: [
        `CREATE TABLE IF NOT EXISTS alert_notice (
           id INTEGER PRIMARY KEY AUTOINCREMENT, site TEXT NOT NULL, body TEXT NOT NULL,
           due_at INTEGER NOT NULL, tries INTEGER NOT NULL)`,
      ],
      2: ["ALTER TABLE alert_notice RENAME COLUMN tries TO attempts"],
    },
  },
];

interface NoticeRow extends Record<string, string | number> {
  key: number;
  body: string;
  attempts: number;
}

/** A condition that needs an operator, of one site or of all. */
interface RaisedAlert {
  readonly site: string | null;
  readonly message: string;
}

/** What a notice is called by its reader and by its receiver. */
export interface NoticeNames<A extends RaisedAlert> {
  /** The beginning of its text. */
  readonly title: string;
  /** Distinguishes the notices of different objects, whose numbers may be the same. */
  readonly keyPrefix: (alert: A) => string;
}

/** The body of a notice. The key is added when it is sent. */
type Notice<A extends RaisedAlert> = A & {
  readonly text: string;
  readonly state: "raised" | "cleared";
  readonly at: string;
};

/**
 * The notices for the receiver of alerts, each written in the transaction that raises or clears its alert, so that a
 * crash neither loses nor doubles one. A notice is delivered at least once, in order within its site; every attempt
 * carries the same key.
 */
export class AlertOutbox<A extends RaisedAlert> {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #receiver: AlertReceiver | undefined;
  readonly #log: Log;
  readonly #names: NoticeNames<A>;
  #delivering = false;

  /** Without a receiver no notices are kept. */
  constructor(
    store: Store,
    clock: Clock,
    receiver: AlertReceiver | undefined,
    log: Log,
    names: NoticeNames<A>,
  ) {
    this.#names = names;
    this.#store = store;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#log = log;
    if (!receiver) store.tx((sql) => sql.run("DELETE FROM alert_notice"));
  }

  /** Inside the transaction that raises or clears the alert. */
  enqueue(sql: Sql, alert: A, state: "raised" | "cleared", now: EpochMs): void {
    if (!this.#receiver) return;
    const notice: Notice<A> = {
      text: `${this.#names.title} ${state}: ${alert.message}`,
      state,
      at: new Date(now).toISOString(),
      ...alert,
    };
    sql.run(
      "INSERT INTO alert_notice (site, body, due_at, attempts) VALUES (?, ?, ?, 0)",
      alert.site ?? "",
      JSON.stringify(notice),
      now,
    );
    sql.run("DELETE FROM alert_notice WHERE id <= (SELECT max(id) FROM alert_notice) - ?", NOTICES_KEPT);
  }

  /** When the next notice is due; undefined: all are delivered. */
  dueAt(sql: Sql): EpochMs | undefined {
    return nextDueAt(sql, TABLE, this.#clock.now(), FIRST_OF_EACH_SITE);
  }

  /** Delivers what is due, one notice after another; returns at once while another call does that. */
  async deliver(): Promise<void> {
    if (!this.#receiver || this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#begin(); next; next = this.#begin()) await this.#deliver(next, this.#receiver);
    } finally {
      this.#delivering = false;
    }
  }

  /** Dying after this leaves a notice of unknown outcome, which is delivered again. */
  #begin(): NoticeRow | undefined {
    return this.#store.tx((sql) => {
      const now = this.#clock.now();
      const query = `SELECT id AS key, body, attempts FROM ${FIRST_OF_EACH_SITE} WHERE due_at <= ? ORDER BY due_at, id`;
      const [next] = sql.all<NoticeRow>(`${query} LIMIT 1`, now);
      if (next) countAttempt(sql, TABLE, next, now, DELIVER_MS_MAX);
      return next;
    });
  }

  async #deliver(row: NoticeRow, receiver: AlertReceiver): Promise<void> {
    const notice = JSON.parse(row.body) as Notice<A> & { readonly alert?: string };
    const key = `${this.#names.keyPrefix(notice)}-${row.key}`;
    const whole = JSON.stringify({ ...notice, idempotency_key: key });
    const over = new AbortController();
    const status = await withTimeout(this.#clock, DELIVER_MS_MAX, () =>
      receiver.deliver(whole, key, over.signal),
    ).catch(() => undefined);
    over.abort();
    const { alert, state, site } = notice;
    const fields = { alert, state, site, status: status ?? null, attempts: row.attempts + 1 };
    const outcome = outcomeOf(status);
    if (outcome === "retry" && row.attempts + 1 < ATTEMPTS_MAX) {
      if (row.attempts === 0) this.#log("WARN", "An alert's notice failed and is retried", fields);
      this.#store.tx((sql) => countAttempt(sql, TABLE, row, this.#clock.now()));
      return;
    }
    if (outcome !== "delivered") this.#log("ERROR", "An alert's notice can't be delivered", fields);
    this.#store.tx((sql) => sql.run("DELETE FROM alert_notice WHERE id = ?", row.key));
  }
}

/** The notices of a site are delivered in their order; those about the whole backfill likewise. */
const FIRST_OF_EACH_SITE =
  "(SELECT * FROM alert_notice WHERE id IN (SELECT min(id) FROM alert_notice GROUP BY site))";

/** A receiver that is away may be back later; one that refuses or redirects will do so again. */
function outcomeOf(status: number | undefined): "delivered" | "retry" | "refused" {
  if (status === undefined || status >= 500 || status < 200) return "retry";
  if (status < 300) return "delivered";
  return TRY_LATER.includes(status) ? "retry" : "refused";
}

/** Request timeout, too early, too many requests. */
const TRY_LATER = [408, 425, 429];
