import type { Status } from "../../src/contract/backfill.ts";
import type { World } from "../world/harness/world.ts";
import { DueSubject } from "./due-subject.ts";
import { LiveSubject } from "./live-subject.ts";
import { RollupSubject } from "./rollup-subject.ts";
import { Subject } from "./subject.ts";

/** What is run while its effects are broken. */
export interface FaultSubject {
  readonly world: World;
  run(): Promise<Status>;
  /** What is wrong at its end, beyond what every subject must end with. */
  faults?(): string[] | Promise<string[]>;
  /** The effects to break, by their number; all where absent. */
  readonly breakable?: readonly number[];
}

/** By the name that a schedule begins with. */
const SUBJECTS = {
  job: (seed: number): FaultSubject => new Subject(seed),
  due: (seed: number): FaultSubject => new DueSubject(seed),
  live: (seed: number): FaultSubject => new LiveSubject(seed),
  rollup: (seed: number): FaultSubject => new RollupSubject(seed),
} as const;

export type SubjectName = keyof typeof SUBJECTS;

export const SUBJECT_NAMES = Object.keys(SUBJECTS) as SubjectName[];

export const createSubject = (name: SubjectName, seed: number): FaultSubject => SUBJECTS[name](seed);
