import { expect, test } from "vitest";
import { type DayFacts, type DayJob, type DayState, dayState, phaseOfDay, statusOfDay } from "./day-state.ts";

/** Nothing is known of the day. */
const NOTHING: DayFacts = {
  verified: undefined,
  publishedBy: "an earlier one",
  failureRound: undefined,
  staged: undefined,
};
const FETCHING = { phase: "fetching", heldForUpload: false } as const;
const HELD = { phase: "encoded", heldForUpload: true } as const;
/** The second round of a job that takes the days of every backfill. */
const JOB: DayJob = { works: true, round: 2, requiredBackfillId: undefined };
const STOPPED: DayJob = { ...JOB, works: false };
const FORCED: DayJob = { ...JOB, requiredBackfillId: "this one" };

const CASES: readonly {
  readonly what: string;
  readonly facts: Partial<DayFacts>;
  readonly job: DayJob | undefined;
  readonly status: ReturnType<typeof statusOfDay>;
  readonly state: DayState;
}[] = [
  {
    what: "a day of which nothing is known",
    ...{ facts: {}, job: JOB, status: "pending" },
    state: { kind: "pending", earlier: undefined },
  },
  {
    what: "a staged day",
    ...{ facts: { staged: FETCHING }, job: JOB, status: "running" },
    state: { kind: "staged", earlier: undefined, phase: "fetching", works: true },
  },
  {
    what: "a staged day of a stopped or halted site",
    ...{ facts: { staged: FETCHING }, job: STOPPED, status: "pending" },
    state: { kind: "staged", earlier: undefined, phase: "fetching", works: false },
  },
  {
    what: "a staged day of no job",
    ...{ facts: { staged: FETCHING }, job: undefined, status: "pending" },
    state: { kind: "staged", earlier: undefined, phase: "fetching", works: false },
  },
  {
    what: "a day that failed in this round",
    ...{ facts: { failureRound: 2 }, job: JOB, status: "failed" },
    state: { kind: "failed", earlier: undefined, heldForUpload: false },
  },
  {
    what: "a failed day of a stopped site",
    ...{ facts: { failureRound: 2 }, job: STOPPED, status: "failed" },
    state: { kind: "failed", earlier: undefined, heldForUpload: false },
  },
  {
    what: "a day whose upload failed",
    ...{ facts: { failureRound: 2, staged: HELD }, job: JOB, status: "failed" },
    state: { kind: "failed", earlier: undefined, heldForUpload: true },
  },
  {
    what: "a day that failed in an earlier round",
    ...{ facts: { failureRound: 1 }, job: JOB, status: "pending" },
    state: { kind: "pending", earlier: undefined },
  },
  {
    what: "a day that failed in an earlier round and is staged again",
    ...{ facts: { failureRound: 1, staged: FETCHING }, job: JOB, status: "running" },
    state: { kind: "staged", earlier: undefined, phase: "fetching", works: true },
  },
  {
    what: "a day of no job that failed once",
    ...{ facts: { failureRound: 1 }, job: undefined, status: "failed" },
    state: { kind: "failed", earlier: undefined, heldForUpload: false },
  },
  {
    what: "a verified day",
    ...{ facts: { verified: "completed" }, job: JOB, status: "completed" },
    state: { kind: "published", status: "completed", phase: undefined },
  },
  {
    what: "a verified day without a sample",
    ...{ facts: { verified: "empty" }, job: JOB, status: "empty" },
    state: { kind: "published", status: "empty", phase: undefined },
  },
  {
    what: "a verified day of no job, of which an attempt failed",
    ...{ facts: { verified: "completed", failureRound: 1 }, job: undefined, status: "completed" },
    state: { kind: "published", status: "completed", phase: undefined },
  },
  {
    what: "a day that a rebuild found in R2 while it was staged",
    ...{ facts: { verified: "completed", staged: FETCHING }, job: JOB, status: "completed" },
    state: { kind: "published", status: "completed", phase: "fetching" },
  },
  {
    what: "a verified day that a forced restart has yet to fetch",
    ...{ facts: { verified: "completed" }, job: FORCED, status: "completed" },
    state: { kind: "pending", earlier: "completed" },
  },
  {
    what: "a verified day that is being fetched again",
    ...{ facts: { verified: "completed", staged: FETCHING }, job: FORCED, status: "completed" },
    state: { kind: "staged", earlier: "completed", phase: "fetching", works: true },
  },
  {
    what: "a verified day that could not be fetched again",
    ...{ facts: { verified: "empty", failureRound: 2 }, job: FORCED, status: "empty" },
    state: { kind: "failed", earlier: "empty", heldForUpload: false },
  },
  {
    what: "a day that was fetched again",
    ...{ facts: { verified: "completed", publishedBy: "this one" }, job: FORCED, status: "completed" },
    state: { kind: "published", status: "completed", phase: undefined },
  },
  {
    what: "an unverified object counts for nothing:",
    ...{ facts: { publishedBy: "this one", failureRound: 2 }, job: JOB, status: "failed" },
    state: { kind: "failed", earlier: undefined, heldForUpload: false },
  },
];

test.each(CASES)("$what is $status", ({ facts, job, status, state }) => {
  const found = dayState({ ...NOTHING, ...facts }, job);
  expect(found).toEqual(state);
  expect(statusOfDay(found)).toBe(status);
});

test("every combination of facts has a state, and a verified day is never shown as anything else", () => {
  for (const verified of [undefined, "completed", "empty"] as const)
    for (const failureRound of [undefined, 1, 2])
      for (const staged of [undefined, FETCHING, HELD])
        for (const job of [undefined, JOB, STOPPED, FORCED]) {
          const state = dayState({ verified, publishedBy: "an earlier one", failureRound, staged }, job);
          const status = statusOfDay(state);
          if (verified) expect(status).toBe(verified);
          expect(status === "running").toBe(!verified && staged === FETCHING && job?.works === true);
          expect(phaseOfDay(state)).toBe(staged === FETCHING ? "fetching" : undefined);
        }
});
