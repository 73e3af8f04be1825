import type { Clock } from "../../ports/ports.ts";
import { ArchiveUnavailable } from "./faults.ts";
import { RETRY_PAUSES_MS } from "./limits.ts";

/** The answer to `ask`, which may be asked several times. */
export type Retry = <T>(ask: () => Promise<T>) => Promise<T>;

/**
 * Asks again, after a pause, what the storage failed to answer; not once `signal` has aborted. Throws
 * `ArchiveUnavailable`.
 */
export function retrying(clock: Pick<Clock, "sleep">, signal?: AbortSignal): Retry {
  return async (ask) => {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (fault) {
        if (signal?.aborted) throw fault;
        const pauseMs = RETRY_PAUSES_MS[tries - 1];
        if (pauseMs === undefined) throw new ArchiveUnavailable(tries, fault);
        await clock.sleep(pauseMs, signal);
      }
    }
  };
}
