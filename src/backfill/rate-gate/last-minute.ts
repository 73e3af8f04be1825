import type { EpochMs } from "../../domain/day.ts";

const SECONDS = 60;

/** Counts events of the last minute, to the second. A clock that steps restarts the count. */
export class LastMinute {
  readonly #bySecond = new Map<number, number>();

  add(now: EpochMs): void {
    const second = secondOf(now);
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + 1);
    for (const old of this.#bySecond.keys()) if (!isRecent(old, second)) this.#bySecond.delete(old);
  }

  count(now: EpochMs): number {
    let count = 0;
    for (const [second, times] of this.#bySecond) if (isRecent(second, secondOf(now))) count += times;
    return count;
  }
}

const secondOf = (ms: EpochMs) => Math.floor(ms / 1_000);
const isRecent = (second: number, now: number) => second <= now && second > now - SECONDS;
