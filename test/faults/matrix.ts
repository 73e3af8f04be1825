import { deepStrictEqual } from "node:assert/strict";
import { Chance } from "../world/harness/chance.ts";
import { faultModesOf } from "../world/harness/fault-mode.ts";
import { type Ran, runSchedule, type Schedule, ScheduleFailed } from "./schedule.ts";

/** Every effect of the unharmed run, in every way it can be broken. */
export function* singles(seed: number, labels: readonly string[]): Generator<Schedule> {
  for (const [nth, label] of labels.entries()) {
    for (const mode of faultModesOf(label)) yield { seed, breaks: [{ nth, mode }] };
  }
}

/** Two breaks at once: `count` of them, drawn by the seed. */
export function* pairs(seed: number, labels: readonly string[], count: number): Generator<Schedule> {
  const chance = new Chance(seed);
  const drawn = () => {
    const nth = chance.below(labels.length);
    const fates = faultModesOf(labels[nth] ?? "");
    return { nth, mode: fates[chance.below(fates.length)] ?? "die after" };
  };
  for (let left = count; left > 0; left--) yield { seed, breaks: [drawn(), drawn()] };
}

/** Every `of`-th of them, from the `share`-th on: what one of several workers does, or a bounded part. */
export function* shareOf<T>(all: Iterable<T>, share: number, of: number): Generator<T> {
  let index = 0;
  for (const one of all) if (index++ % of === share) yield one;
}

/** Throws `ScheduleFailed` where it ends in any other way than the unharmed run. */
export async function mustEndAs(unharmed: Ran, schedule: Schedule): Promise<void> {
  const { ending, labels } = await runSchedule(schedule);
  try {
    deepStrictEqual(ending, unharmed.ending);
  } catch (error) {
    const broken = schedule.breaks.map(({ nth }) => labels[nth] ?? "nothing");
    throw new ScheduleFailed(schedule, broken, error);
  }
}
