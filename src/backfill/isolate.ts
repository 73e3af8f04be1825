import type { Clock } from "./ports.ts";

/** A holder that is still there after its lease was killed: an abort runs no `finally`. */
const LEASE_MS = 60_000;

/**
 * What all objects of an isolate share, as they share its 128 MB: a lease that lets one page be read and parsed
 * at a time, and the account of bytes that the pipeline holds.
 */
export class Isolate {
  /** Of the code that runs here; undefined where the platform does not tell. */
  readonly codeVersion: string | undefined;
  #holder: { readonly until: number; readonly leaseMs: number } | undefined;
  #waiting: (() => void)[] = [];
  #bytes = 0;
  #peak = 0;

  constructor(codeVersion?: string) {
    this.codeVersion = codeVersion;
  }

  /**
   * Runs `body` alone, which takes no longer than `leaseMs`. Bodies of other callers stay unread meanwhile, at the
   * vendor's expense.
   */
  async alone<T>(clock: Clock, body: () => Promise<T>, leaseMs = LEASE_MS): Promise<T> {
    while (this.#holder) {
      const left = this.#holder.until - clock.now();
      // More than its lease lasts: the clock has stepped back, and this one may be a dead holder's.
      if (left <= 0 || left > this.#holder.leaseMs) break;
      const woken = new AbortController();
      this.#waiting.push(() => woken.abort());
      await clock.sleep(left, woken.signal);
    }
    const holder = { until: clock.now() + leaseMs, leaseMs };
    this.#holder = holder;
    try {
      return await body();
    } finally {
      // An expired lease may be somebody else's by now.
      if (this.#holder === holder) this.#holder = undefined;
      // All of them, for the first may be a dead one's; they look again, in their order. They may be of other objects:
      // a promise of theirs that is resolved here goes on there, from compatibility date 2024-10-14 on.
      const woken = this.#waiting;
      this.#waiting = [];
      for (const wake of woken) wake();
    }
  }

  /** Counts `bytes` as held until the returned function is called. */
  hold(bytes: number): () => void {
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
    let held = true;
    return () => {
      if (held) this.#bytes -= bytes;
      held = false;
    };
  }

  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peak;
  }
}
