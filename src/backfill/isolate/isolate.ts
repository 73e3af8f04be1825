import { PIPELINE_BYTES_MAX } from "../../domain/limits.ts";
import type { Clock } from "../ports.ts";
import { Memory } from "./memory.ts";

/** A holder that is still there after its lease was killed: an abort runs no `finally`. */
const LEASE_MS = 60_000;

/**
 * What all objects of an isolate share, as they share its 128 MB: a lock that lets one page be read and parsed at a
 * time, and the pipeline's memory.
 */
export class Isolate extends Memory {
  /** Of the code that runs here; undefined where the platform does not tell. */
  readonly codeVersion: string | undefined;
  #holder: { readonly until: number; readonly leaseMs: number } | undefined;
  #lockWaiting: (() => void)[] = [];

  constructor({
    codeVersion,
    bytesMax = PIPELINE_BYTES_MAX,
  }: { codeVersion?: string | undefined; bytesMax?: number } = {}) {
    super(bytesMax);
    this.codeVersion = codeVersion;
  }

  /**
   * Runs `body` while no other body runs, which takes no longer than `leaseMs`. Responses of other callers stay
   * unread meanwhile, at the vendor's expense. `body` must not wait for a reservation.
   */
  async runExclusive<T>(clock: Clock, body: () => Promise<T>, leaseMs = LEASE_MS): Promise<T> {
    while (this.#holder) {
      const left = this.#holder.until - clock.now();
      // More than its lease lasts: the clock has stepped back, and this one may be a dead holder's.
      if (left <= 0 || left > this.#holder.leaseMs) break;
      const woken = new AbortController();
      this.#lockWaiting.push(() => woken.abort());
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
      const woken = this.#lockWaiting;
      this.#lockWaiting = [];
      for (const wake of woken) wake();
    }
  }
}
