import type { EpochMs } from "../../domain/day.ts";
import { CATCH_UP_MS_MAX, JITTER_MS } from "../../domain/limits.ts";
import { migrate, type Table } from "../../object/tables/tables.ts";
import type { Clock, Denied, GateLane, Permit, Store } from "../ports.ts";
import { type LaneCall, NO_TURNS, takeTurn } from "./turns.ts";

export { JITTER_MS };

/** A call waits for its permit at most this long: a caller or the runtime would take a longer wait for a hang. */
export const WAIT_MS_MAX = 20_000;
/** A slot further ahead than this was written before the clock stepped back. */
export const SLOT_AHEAD_MS_MAX = 60_000;
/** After a failure of the storage, callers ask again no sooner. */
const FAILED_RETRY_MS = 1_000;
/** The longest pause that a 429 can cause. */
export const PAUSE_MS_MAX = 3_600_000;

/** All tables of the gate's database. */
export const GATE_TABLES: readonly Table[] = [
  {
    name: "gate",
    migrations: { 1: ["CREATE TABLE IF NOT EXISTS gate (name TEXT PRIMARY KEY, at REAL NOT NULL)"] },
  },
];

/** A call that waits for its permit. */
interface WaitingCall extends LaneCall {
  readonly askedAt: EpochMs;
  readonly deadline: EpochMs;
  readonly answer: (permit: Permit | Denied) => void;
}

/**
 * Allows at most N arrivals at the vendor in any sliding minute: N + 1 permits span N · (60,000 + J) / N ms, of which
 * jitter takes at most J. The next slot is committed before a permit is given, so that a crash wastes a permit and
 * never adds one.
 */
export class RateGate {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  /** In the order of their arrival. */
  #waiting: WaitingCall[] = [];
  #turns = NO_TURNS;
  /** When the permits of the last minute were granted by this incarnation; not worth a write. */
  readonly #grantedAt: EpochMs[] = [];
  #granting = false;
  #wake = new AbortController();

  constructor(store: Store, clock: Clock, requestsPerMinute: number) {
    this.#store = store;
    this.#clock = clock;
    this.#intervalMs = (60_000 + JITTER_MS) / requestsPerMinute;
    store.tx((sql) => migrate(sql, GATE_TABLES));
  }

  acquire(caller: string, lane?: GateLane): Promise<Permit | Denied> {
    const now = this.#clock.now();
    const paused = this.#read("paused", PAUSE_MS_MAX);
    // The pause outlasts the wait, so that the caller can rest instead.
    if (paused - now > WAIT_MS_MAX) return Promise.resolve({ kind: "denied", askedAt: now, retryAt: paused });
    return new Promise((answer) => {
      this.#waiting.push({ caller, lane, askedAt: now, deadline: now + WAIT_MS_MAX, answer });
      // Without its storage the gate gives no permits; the waiting callers ask again.
      if (!this.#granting)
        this.#grantWhileWaiting().catch(() => this.#deny(() => true, this.#clock.now() + FAILED_RETRY_MS));
    });
  }

  pauseFor(ms: number): void {
    const at = this.#clock.now() + Math.min(ms, PAUSE_MS_MAX);
    if (at > this.#read("paused", PAUSE_MS_MAX)) this.#write("paused", at);
    // A caller that got a 429 uses no permit that it has asked for before: granted after the pause, it would be lost.
    this.#deny(() => true, this.#read("paused", PAUSE_MS_MAX));
    this.#wake.abort();
  }

  pausedUntil(): EpochMs | undefined {
    const until = this.#read("paused", PAUSE_MS_MAX);
    return until > this.#clock.now() ? until : undefined;
  }

  permitsLastMinute(): number {
    const now = this.#clock.now();
    return this.#grantedAt.filter((at) => isOfLastMinute(at, now)).length;
  }

  async #grantWhileWaiting(): Promise<void> {
    this.#granting = true;
    let slept = false;
    let spacedAgain = false;
    try {
      for (;;) {
        const now = this.#clock.now();
        const paused = this.#read("paused", PAUSE_MS_MAX);
        // With one request a minute the next slot is further ahead than that.
        const slot = this.#read("slot", Math.max(SLOT_AHEAD_MS_MAX, this.#intervalMs));
        const due = Math.max(slot, paused);
        if (due > now) this.#deny((call) => call.deadline <= now, due);
        if (this.#waiting.length === 0) return;
        if (due > now) {
          this.#wake = new AbortController();
          const firstDeadline = Math.min(...this.#waiting.map(({ deadline }) => deadline));
          await this.#clock.sleep(Math.min(due, firstDeadline) - now, this.#wake.signal);
          slept = true;
          continue;
        }
        if (slept && !spacedAgain && now - due > JITTER_MS) {
          // The timer is late or the clock has stepped forward, and only the distance to the last permit is certain.
          // Done once a permit: where timers are always late, there would otherwise never be one.
          spacedAgain = true;
          this.#write("slot", now + this.#intervalMs);
          continue;
        }
        slept = false;
        spacedAgain = false;
        // The gate makes up for a late timer; a longer idle time is not saved up.
        const granted = now - due <= CATCH_UP_MS_MAX ? due : now;
        this.#write("slot", granted + this.#intervalMs);
        while (!isOfLastMinute(this.#grantedAt[0] ?? now, now)) this.#grantedAt.shift();
        this.#grantedAt.push(now);
        const { askedAt, answer } = this.#next();
        answer({ kind: "permit", askedAt, dueAt: granted });
      }
    } finally {
      this.#granting = false;
    }
  }

  #next(): WaitingCall {
    const next = takeTurn(this.#waiting, this.#turns);
    if (!next) throw new Error("no call waits for a permit");
    this.#waiting = this.#waiting.filter((call) => call !== next.call);
    this.#turns = next.turns;
    return next.call;
  }

  #deny(isDenied: (call: WaitingCall) => boolean, retryAt: EpochMs): void {
    const denied = this.#waiting.filter(isDenied);
    this.#waiting = this.#waiting.filter((call) => !isDenied(call));
    for (const { askedAt, answer } of denied) answer({ kind: "denied", askedAt, retryAt });
  }

  #read(name: "slot" | "paused", aheadMax: number): EpochMs {
    const [row] = this.#store.tx((sql) =>
      sql.all<{ at: number }>("SELECT at FROM gate WHERE name = ?", name),
    );
    const at = row?.at ?? 0;
    const latest = this.#clock.now() + aheadMax;
    if (at <= latest) return at;
    // Written, because a limit computed at each read would move with the clock and never be reached.
    this.#write(name, latest);
    return latest;
  }

  #write(name: "slot" | "paused", at: EpochMs): void {
    this.#store.tx((sql) => {
      sql.run("INSERT INTO gate VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at", name, at);
    });
  }
}

/** Not for a time ahead, which is from before the clock stepped back. */
const isOfLastMinute = (at: EpochMs, now: EpochMs) => at <= now && at > now - 60_000;
