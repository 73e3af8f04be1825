import { deepStrictEqual } from "node:assert/strict";
import { Chance } from "../world/harness/chance.ts";
import { faultModesOf } from "../world/harness/fault-mode.ts";
import { type Ran, runSchedule, type Schedule, ScheduleFailed } from "./schedule.ts";

/** A subject and the order of its events. */
export type Run = Pick<Schedule, "subject" | "seed">;

type Effects = Pick<Ran, "labels" | "breakable">;

/** Schedules that break a single effect of the undisturbed run, each in every way. */
export function* singles({ subject, seed }: Run, { labels, breakable }: Effects): Generator<Schedule> {
  for (const nth of breakable) {
    for (const mode of faultModesOf(labels[nth] ?? "")) yield { subject, seed, breaks: [{ nth, mode }] };
  }
}

/** Schedules that break two effects: `count` of them, drawn by the seed. */
export function* pairs(
  { subject, seed }: Run,
  { labels, breakable }: Effects,
  count: number,
): Generator<Schedule> {
  const chance = new Chance(seed);
  const drawn = () => {
    const nth = breakable[chance.below(breakable.length)] ?? 0;
    const modes = faultModesOf(labels[nth] ?? "");
    return { nth, mode: modes[chance.below(modes.length)] ?? "die after" };
  };
  for (let left = count; left > 0; left--) yield { subject, seed, breaks: [drawn(), drawn()] };
}

/** Every `of`-th element from the `share`-th on: the part of a worker thread, or a sample. */
export function* shareOf<T>(all: Iterable<T>, share: number, of: number): Generator<T> {
  let index = 0;
  for (const each of all) if (index++ % of === share) yield each;
}

/** Throws `ScheduleFailed` if the result differs from that of the undisturbed run. */
export async function mustEndAs(undisturbed: Ran, schedule: Schedule): Promise<void> {
  const { ending, labels } = await runSchedule(schedule);
  try {
    deepStrictEqual(ending, undisturbed.ending);
  } catch (error) {
    const broken = schedule.breaks.map(({ nth }) => labels[nth] ?? "nothing");
    throw new ScheduleFailed(schedule, broken, error);
  }
}
