import { expect, test } from "vitest";
import type { UtcDay } from "../../../domain/day.ts";
import type { VerifiedObject } from "../ledger/ledger.ts";
import { type DueFacts, dueStateOf, isDone, nextDue } from "./due-state.ts";

const NOW = Date.parse("2025-06-01T08:00:00Z");
const MIN = 60_000;
const BOTH = { job: true, due: true };
const dayOf = (text: string) => text as UtcDay;

const WAITING: DueFacts = {
  ...{ date: dayOf("2025-05-30"), fetchedSince: NOW - 60 * MIN, listedAt: NOW },
  ...{ failures: 0, failure: undefined, retryAt: undefined },
  ...{ published: undefined, hotRowsWait: false, staged: undefined },
};
const object = (fetchedAt: number | undefined) => ({ fetchedAt }) as VerifiedObject;
const staged = (track: "job" | "due", more: Partial<NonNullable<DueFacts["staged"]>> = {}) => ({
  staged: { track, createdAt: NOW, heldForUpload: false, ...more },
});
const failed = (retryAt: number) => ({ failures: 2, retryAt });

test.each<[string, Partial<DueFacts>, boolean]>([
  ["no object", {}, false],
  ["an object of an earlier fetch", { published: object(NOW - 61 * MIN) }, false],
  ["an object of a fetch at that very time", { published: object(NOW - 60 * MIN) }, true],
  ["an object of a fetch at an unknown time", { published: object(undefined) }, false],
  ["rows that are not in the object", { published: object(NOW), hotRowsWait: true }, false],
])("a day with %s is done: %s", (_, facts, done) => {
  expect(isDone({ ...WAITING, ...facts })).toBe(done);
});

test.each<[string, Partial<DueFacts>, string]>([
  ["nothing of it is staged", {}, "waiting"],
  ["its own work runs", staged("due"), "running"],
  ["a job's work began late enough", staged("job"), "running"],
  ["a job's work began too early", staged("job", { createdAt: NOW - 61 * MIN }), "waiting"],
  ["its last attempt failed", failed(NOW + MIN), "failed"],
  ["it is tried again now", failed(NOW), "waiting"],
  [
    "its file is held for upload",
    { ...staged("due", { heldForUpload: true }), ...failed(NOW + MIN) },
    "failed",
  ],
  ["it is done, and a job fetches it again", { published: object(NOW), ...staged("job") }, "published"],
])("when %s, a due day is %s", (_, facts, state) => {
  expect(dueStateOf({ ...WAITING, ...facts }, BOTH, NOW)).toBe(state);
});

test("work of a track that rests is not waited for", () => {
  expect(dueStateOf({ ...WAITING, ...staged("job") }, { job: false, due: true }, NOW)).toBe("waiting");
  expect(dueStateOf({ ...WAITING, ...staged("due") }, { job: true, due: false }, NOW)).toBe("waiting");
  const idle = nextDue([{ ...WAITING, ...staged("job") }], { job: false, due: true }, NOW);
  expect(idle.pending).toBe(WAITING.date);
});

test("the first day that nobody works on is next; the others say when", () => {
  const later = { ...WAITING, date: dayOf("2025-05-31") };
  const days = [
    { ...WAITING, ...failed(NOW + 5 * MIN) },
    { ...later, fetchedSince: NOW + 2 * MIN },
  ];
  expect(nextDue(days, BOTH, NOW)).toEqual({ pending: undefined, uploads: [], laterAt: NOW + 2 * MIN });
  expect(nextDue([...days, later], BOTH, NOW).pending).toBe(later.date);
  expect(nextDue([{ ...WAITING, published: object(NOW) }], BOTH, NOW)).toEqual({
    pending: undefined,
    uploads: [],
    laterAt: undefined,
  });
});

test("a held file is uploaded again when its wait is over, and a wait that a clock left behind is none", () => {
  const held = { ...WAITING, ...staged("due", { heldForUpload: true }) };
  expect(nextDue([{ ...held, ...failed(NOW + MIN) }], BOTH, NOW).uploads).toEqual([]);
  expect(nextDue([{ ...held, ...failed(NOW) }], BOTH, NOW).uploads).toEqual([WAITING.date]);
  expect(nextDue([{ ...WAITING, ...failed(NOW + 61 * MIN) }], BOTH, NOW).pending).toBe(WAITING.date);
});
