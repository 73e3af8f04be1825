import { PIPELINE_BYTES_MAX } from "../../domain/limits.ts";
import type { Clock } from "../../ports/ports.ts";
import { Memory } from "./memory.ts";

export type { MemoryOwner, Reservation } from "./memory.ts";

/** How long the lock is kept for a holder that may have been killed: an abort runs no `finally`. */
const LEASE_MS = 60_000;

/**
 * What all objects of an isolate share: the pipeline's memory, since they share 128 MB, and a lock, so that one page is
 * read and parsed at a time.
 */
export class Isolate extends Memory {
  /** Version of the running code; undefined where the platform does not tell. */
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
   * Runs `body`, which takes at most `leaseMs`, while no other body runs. Meanwhile responses to other callers stay
   * with the vendor, unread. `body` must not wait for a reservation.
   */
  async runExclusive<T>(clock: Clock, body: () => Promise<T>, leaseMs = LEASE_MS): Promise<T> {
    while (this.#holder) {
      const leftMs = this.#holder.until - clock.now();
      // More than the whole lease is left: the clock has stepped back, and the holder may have been killed.
      if (leftMs <= 0 || leftMs > this.#holder.leaseMs) break;
      const woken = new AbortController();
      this.#lockWaiting.push(() => woken.abort());
      await clock.sleep(leftMs, woken.signal);
    }
    const holder = { until: clock.now() + leaseMs, leaseMs };
    this.#holder = holder;
    try {
      return await body();
    } finally {
      // After an expired lease the lock may have another holder by now.
      if (this.#holder === holder) this.#holder = undefined;
      // Wakes all waiting callers, because the first may have been killed; they check again, in their order. They may
      // be of other objects: since compatibility date 2024-10-14 each continues in its own object's context.
      const woken = this.#lockWaiting;
      this.#lockWaiting = [];
      for (const wake of woken) wake();
    }
  }
}
