import type { Clock } from "../ports/ports.ts";

/** Runs one piece of work at a time, in the order of the calls. Each piece has to end by itself: the others wait for it. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The result of `raceTimeout` when the time is over. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

/** The result of `call`, or an error after `ms`. A call that throws before it returns a promise fails like any other. */
export async function withTimeout<T>(clock: Clock, ms: number, call: () => Promise<T>): Promise<T> {
  const result = await raceTimeout(clock, ms, call());
  if (result === TIMED_OUT) throw new Error(`no answer within ${ms} ms`);
  return result;
}

/** The result of `work`, or `TIMED_OUT` after `ms`. What `work` does after that is ignored, errors included. */
export async function raceTimeout<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  const over = new AbortController();
  try {
    return await Promise.race<T | typeof TIMED_OUT>([
      work,
      clock.sleep(ms, over.signal).then((): typeof TIMED_OUT => TIMED_OUT),
    ]);
  } finally {
    over.abort(TIMED_OUT);
    work.catch(() => undefined);
  }
}
