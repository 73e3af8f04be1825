import { PERMIT_LATE_MS_MAX } from "../../domain/limits.ts";
import type { Clock, Gate, GateLane, Permit } from "../../ports/ports.ts";
import { VendorFault, VendorThrottled } from "../faults.ts";

/** The pause before a gate that did not answer is called again. */
const GATE_RETRY_MS = 1_000;

/** A longer pause is reported to the caller, which need not keep calls and memory for it. */
const PAUSE_MS_MAX = 30_000;

/**
 * The permits of a caller of the gate, shared by all of its lanes. After a 429 no lane uses a permit from before it,
 * and none acquires a permit until the gate knows of the pause.
 */
export class Permits {
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #caller: string;
  readonly #lane: GateLane | undefined;
  #pauses = 0;
  #gateNotified: Promise<unknown> = Promise.resolve();

  /** Without a lane of the gate the calls are the backfill's. */
  constructor(gate: Gate, clock: Clock, caller: string, lane?: GateLane) {
    this.#gate = gate;
    this.#clock = clock;
    this.#caller = caller;
    this.#lane = lane;
  }

  /**
   * Resolves when a request may be sent. Throws `VendorThrottled` where that takes long, and `VendorFault` "aborted"
   * once `signal` is. `responded` is called whenever the gate has answered.
   */
  async acquire(signal: AbortSignal, responded: () => void): Promise<void> {
    const clock = this.#clock;
    while (!signal.aborted) {
      // A call that reached the gate before the pause did would be granted a permit.
      await this.#gateNotified;
      const pauses = this.#pauses;
      const calledAt = clock.now();
      const answer = await this.#gate.acquire(this.#caller, this.#lane).catch(() => undefined);
      if (!answer) {
        // A gate that is being replaced, or hangs, is no failure of the request: the new gate is called.
        await clock.sleep(GATE_RETRY_MS, signal);
        continue;
      }
      responded();
      if (signal.aborted) break;
      const waitedMs = clock.now() - calledAt;
      if (answer.kind === "permit") {
        if (pauses === this.#pauses && isFresh(waitedMs, answer)) return;
        continue;
      }
      // The clock may have stepped back meanwhile: that does not lengthen the pause.
      const leftMs = answer.retryAt - answer.askedAt - Math.max(0, waitedMs);
      if (leftMs > PAUSE_MS_MAX) throw new VendorThrottled(leftMs);
      await clock.sleep(Math.max(0, leftMs), signal);
    }
    throw new VendorFault("aborted", "cancelled before the request was sent");
  }

  /** After a 429: pauses the gate. Where the gate can't be reached, at least this caller pauses. */
  pauseFor(ms: number, signal: AbortSignal): void {
    this.#pauses += 1;
    this.#gateNotified = this.#gate.pauseFor(ms).catch(() => this.#clock.sleep(ms, signal));
  }
}

/**
 * Whether a permit may still be used by a caller that waited `waitedMs` for it. The gate's clock is another, so the
 * lateness is measured as the time that call and answer took on their way, which is its upper bound. A permit that
 * came before it was due shows that a clock stepped meanwhile, and is not used either.
 */
export function isFresh(waitedMs: number, { askedAt, dueAt }: Permit): boolean {
  return Math.abs(waitedMs - (dueAt - askedAt)) <= PERMIT_LATE_MS_MAX;
}
