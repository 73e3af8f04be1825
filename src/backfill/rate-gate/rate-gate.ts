import type { EpochMs } from "../../domain/day.ts";
import { JITTER_MS } from "../../domain/limits.ts";
import type { Clock, Denied, Permit, Store } from "../ports.ts";
import { LastMinute } from "./last-minute.ts";

export { JITTER_MS };

/** How long one call is held; well under what a caller or a runtime would call a hang. */
export const HOLD_MS_MAX = 20_000;
/** A slot further ahead than this is a clock that stepped back, not a queue. */
export const SLOT_AHEAD_MS_MAX = 60_000;
const TURNED_AWAY_MS = 1_000;
/** The longest pause a 429 can ask for. */
export const PAUSE_MS_MAX = 3_600_000;

interface Waiter {
  readonly askedAt: EpochMs;
  readonly deadline: EpochMs;
  readonly answer: (permit: Permit | Denied) => void;
}

/**
 * At most N arrivals in any sliding minute: N + 1 permits span N · (60,000 + J) / N ms, and jitter can take
 * at most J off that. The next slot is committed before a permit leaves, so a crash wastes one, never adds one.
 */
export class RateGate {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  /** Callers in the order in which they came, each with its waiting calls. */
  readonly #waiting = new Map<string, Waiter[]>();
  /** By caller: which of all turns was its last. */
  readonly #lastTurns = new Map<string, number>();
  #turns = 0;
  /** Of this incarnation: not worth a write. */
  readonly #given = new LastMinute();
  #pumping = false;
  #wake = new AbortController();

  constructor(store: Store, clock: Clock, requestsPerMinute: number) {
    this.#store = store;
    this.#clock = clock;
    this.#intervalMs = (60_000 + JITTER_MS) / requestsPerMinute;
    store.tx((sql) => {
      sql.run("CREATE TABLE IF NOT EXISTS gate (name TEXT PRIMARY KEY, at REAL NOT NULL)");
    });
  }

  acquire(caller: string): Promise<Permit | Denied> {
    const now = this.#clock.now();
    const paused = this.#read("paused", PAUSE_MS_MAX);
    // Nothing can come of holding this call; the caller may let its work rest meanwhile.
    if (paused - now > HOLD_MS_MAX) return Promise.resolve({ kind: "denied", askedAt: now, retryAt: paused });
    return new Promise((answer) => {
      const queue = this.#waiting.get(caller) ?? [];
      queue.push({ askedAt: now, deadline: now + HOLD_MS_MAX, answer });
      this.#waiting.set(caller, queue);
      if (!this.#pumping) this.#pump().catch(() => this.#turnAway());
    });
  }

  pauseFor(ms: number): void {
    const at = this.#clock.now() + Math.min(ms, PAUSE_MS_MAX);
    if (at > this.#read("paused", PAUSE_MS_MAX)) this.#write("paused", at);
    this.#wake.abort();
  }

  pausedUntil(): EpochMs | undefined {
    const until = this.#read("paused", PAUSE_MS_MAX);
    return until > this.#clock.now() ? until : undefined;
  }

  permitsLastMinute(): number {
    return this.#given.count(this.#clock.now());
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    let slept = false;
    let spacedAnew = false;
    try {
      for (;;) {
        const now = this.#clock.now();
        const paused = this.#read("paused", PAUSE_MS_MAX);
        // A gate of one request a minute rightly has its next slot further ahead.
        const slot = this.#read("slot", Math.max(SLOT_AHEAD_MS_MAX, this.#intervalMs));
        const due = Math.max(slot, paused);
        this.#expire(now, due);
        if (this.#waiting.size === 0) return;
        if (due > now) {
          this.#wake = new AbortController();
          await this.#clock.sleep(Math.min(due, this.#firstDeadline()) - now, this.#wake.signal);
          slept = true;
          continue;
        }
        if (slept && !spacedAnew && now - due > JITTER_MS) {
          // A timer that is that late, or a clock that stepped forward: only the distance to the last permit is sure.
          // Once a permit: where timers always are that late there would never be one.
          spacedAnew = true;
          this.#write("slot", now + this.#intervalMs);
          continue;
        }
        slept = false;
        spacedAnew = false;
        // A late timer may catch up within the jitter; a longer idle time is not saved up.
        const granted = now - due <= JITTER_MS ? due : now;
        this.#write("slot", granted + this.#intervalMs);
        this.#given.add(now);
        const { askedAt, answer } = this.#next();
        answer({ kind: "permit", askedAt, dueAt: granted });
      }
    } finally {
      this.#pumping = false;
    }
  }

  /**
   * The oldest call of the waiting caller whose last turn is the longest ago. A caller whose call was given back
   * unanswered has not had its turn: where slots are scarce it would else queue at the end each time it came again.
   */
  #next(): Waiter {
    const lastTurn = (caller: string) => this.#lastTurns.get(caller) ?? 0;
    const [caller] = [...this.#waiting.keys()].sort((a, b) => lastTurn(a) - lastTurn(b));
    const queue = caller === undefined ? undefined : this.#waiting.get(caller);
    const waiter = queue?.shift();
    if (caller === undefined || !waiter)
      throw new Error("the gate was asked for a waiting call and has none");
    if (queue?.length === 0) this.#waiting.delete(caller);
    this.#turns += 1;
    this.#lastTurns.set(caller, this.#turns);
    return waiter;
  }

  #expire(now: EpochMs, due: EpochMs): void {
    for (const [caller, queue] of this.#waiting) {
      const left = queue.filter((waiter) => {
        if (waiter.deadline > now || due <= now) return true;
        waiter.answer({ kind: "denied", askedAt: waiter.askedAt, retryAt: due });
        return false;
      });
      if (left.length > 0) this.#waiting.set(caller, left);
      else this.#waiting.delete(caller);
    }
  }

  /** Storage that fails lets nobody through; whoever waits asks again. */
  #turnAway(): void {
    const retryAt = this.#clock.now() + TURNED_AWAY_MS;
    for (const queue of this.#waiting.values())
      for (const { askedAt, answer } of queue) answer({ kind: "denied", askedAt, retryAt });
    this.#waiting.clear();
  }

  #firstDeadline(): EpochMs {
    let first = Number.POSITIVE_INFINITY;
    for (const queue of this.#waiting.values())
      for (const { deadline } of queue) first = Math.min(first, deadline);
    return first;
  }

  #read(name: "slot" | "paused", aheadMax: number): EpochMs {
    const [row] = this.#store.tx((sql) =>
      sql.all<{ at: number }>("SELECT at FROM gate WHERE name = ?", name),
    );
    const at = row?.at ?? 0;
    const latest = this.#clock.now() + aheadMax;
    if (at <= latest) return at;
    // Written, for a cut that is made anew at each look would move on with the clock and never come.
    this.#write(name, latest);
    return latest;
  }

  #write(name: "slot" | "paused", at: EpochMs): void {
    this.#store.tx((sql) => {
      sql.run("INSERT INTO gate VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at", name, at);
    });
  }
}
