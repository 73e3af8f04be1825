import type { Clock } from "./ports.ts";

/** What `within` answers when the time is over. */
export const LATE: unique symbol = Symbol("late");

/**
 * The result of `call`, or an error after `ms`. A call that throws before there is a promise fails as any other does.
 */
export async function answered<T>(clock: Clock, ms: number, call: () => Promise<T>): Promise<T> {
  const answer = await within(clock, ms, call());
  if (answer === LATE) throw new Error(`no answer within ${ms} ms`);
  return answer;
}

/** The result of `work`, or `LATE` after `ms`; then nobody waits for it any more, and how it ends is not heard. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  const over = new AbortController();
  try {
    return await Promise.race<T | typeof LATE>([
      work,
      clock.sleep(ms, over.signal).then((): typeof LATE => LATE),
    ]);
  } finally {
    over.abort(LATE);
    work.catch(() => undefined);
  }
}
