import type { Status } from "../../src/contract/backfill.ts";
import type { World } from "../world/harness/world.ts";
import { DueSubject } from "./due-subject.ts";
import { Subject } from "./subject.ts";

/** What is run while its effects are broken. */
export interface FaultSubject {
  readonly world: World;
  run(): Promise<Status>;
  /** What is wrong at its end, beyond what every subject must end with. */
  faults?(): string[];
}

/** By the name that a schedule begins with. */
const SUBJECTS = {
  job: (seed: number): FaultSubject => new Subject(seed),
  due: (seed: number): FaultSubject => new DueSubject(seed),
} as const;

export type SubjectName = keyof typeof SUBJECTS;

export const SUBJECT_NAMES = Object.keys(SUBJECTS) as SubjectName[];

export const createSubject = (name: SubjectName, seed: number): FaultSubject => SUBJECTS[name](seed);
