import type { FaultMode } from "../world/harness/fault-mode.ts";
import { type Ending, endingOf } from "./ending.ts";
import { createSubject, SUBJECT_NAMES, type SubjectName } from "./subjects.ts";

/** A run of a subject: a seed for the order of events, and the effects to break, with their modes. */
export interface Schedule {
  readonly subject: SubjectName;
  readonly seed: number;
  readonly breaks: readonly { readonly nth: number; readonly mode: FaultMode }[];
}

/** The text of a schedule, as `job 11: die after @ 120 + late @ 301`; `parseSchedule` reads it. */
export function scheduleText({ subject, seed, breaks }: Schedule): string {
  return `${subject} ${seed}: ${breaks.map(({ nth, mode }) => `${mode} @ ${nth}`).join(" + ")}`;
}

/** Parses the text of a schedule; throws `SyntaxError`. */
export function parseSchedule(text: string): Schedule {
  const [head = "", list] = text.split(":");
  const [, name, seed] = /^(?:(\w+) )?(\d+)$/.exec(head) ?? [];
  const subject = SUBJECT_NAMES.find((each) => each === (name ?? "job"));
  const breaks = (list ?? "")
    .split("+")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [mode, nth] = part.split("@").map((side) => side.trim());
      if (!mode || !/^\d+$/.test(nth ?? "")) throw new SyntaxError(`not a break: ${part.trim()}`);
      return { nth: Number(nth), mode: mode as FaultMode };
    });
  if (!subject || seed === undefined) throw new SyntaxError(`no subject and seed in ${text}`);
  return { subject, seed: Number(seed), breaks };
}

export interface Ran {
  readonly ending: Ending;
  /** Labels of all effects, in their order. */
  readonly labels: readonly string[];
  /** The effects that are to be broken, by their number. */
  readonly breakable: readonly number[];
}

/** Runs the subject by the schedule. Errors, those of invariants too, name the schedule that replays them. */
export async function runSchedule(schedule: Schedule): Promise<Ran> {
  const subject = createSubject(schedule.subject, schedule.seed);
  const { effects } = subject.world;
  for (const { nth, mode } of schedule.breaks) effects.break({ mode, skip: nth });
  if (schedule.breaks.length > 1) subject.world.limits.keepsDistance = false;
  try {
    const status = await subject.run();
    const ending = endingOf(subject.world, status);
    const faults = [...ending.faults, ...((await subject.faults?.()) ?? [])];
    const { labels } = effects;
    return { ending: { ...ending, faults }, labels, breakable: subject.breakable ?? [...labels.keys()] };
  } catch (error) {
    throw new ScheduleFailed(schedule, effects.broken, error);
  }
}

export class ScheduleFailed extends Error {
  readonly kind = "schedule-failed";
  readonly schedule: Schedule;
  constructor(schedule: Schedule, broken: readonly string[], cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${scheduleText(schedule)} (${broken.join(", ")}): ${what}`, { cause });
    this.schedule = schedule;
  }
}
