import { expect, test } from "vitest";
import { parseUtcDay, type UtcDay } from "../../../domain/day.ts";
import { NOTHING_FETCHED } from "../../../domain/evidence.ts";
import type { RollupPeriod } from "../../../domain/rollup.ts";
import { windowsOf } from "../../../domain/windows.ts";
import type { Phase, StagedDay } from "../ledger/ledger.ts";
import { PARSER_VERSION } from "../plan.ts";
import { nextActions, type Situation } from "./next-actions.ts";

const day = (text: string) => parseUtcDay(text) as UtcDay;
const NOW = 1_000_000;

const IDLE: Situation = {
  now: NOW,
  run: true,
  halted: false,
  waitingUntil: undefined,
  pointsLoaded: true,
  staged: [],
  pending: [],
  due: { run: false, probe: false, pending: undefined, points: "fresh", laterAt: undefined },
  lanes: 2,
  running: new Set(),
  viewDueAt: undefined,
  pointsFileDueAt: undefined,
  audit: false,
  rebuilding: false,
  rollup: () => ({ step: undefined, laterAt: undefined }),
};

function staged(date: string, phase: Phase, windows = 2, more: Partial<StagedDay> = {}): StagedDay {
  return {
    date: day(date),
    stagingId: "t",
    phase,
    filePosition: undefined,
    plan: {
      pointsHash: "h",
      pointCount: 1,
      parserVersion: PARSER_VERSION,
      rowGroupSize: 1,
      backfillId: "id",
      createdAt: 0,
    },
    transport: NOTHING_FETCHED,
    file: undefined,
    windows: windowsOf(day(date), windows).map((span, index) => ({
      index,
      span,
      pagination: undefined,
      pages: 0,
      done: false,
      transport: NOTHING_FETCHED,
      reread: false,
      waitingUntil: undefined,
      pausedSince: undefined,
    })),
    heldForUpload: false,
    oneLane: false,
    progressAt: NOW,
    ...more,
  };
}

const keys = (situation: Partial<Situation>) =>
  nextActions({ ...IDLE, ...situation }).start.map((action) => action.key);
const PENDING = [day("2024-01-09")];

test("without work there is nothing to do and nothing to wait for", () => {
  expect(nextActions(IDLE)).toEqual({ start: [], workLeft: false, laterAt: undefined });
});

test("the points list is loaded before the first day is staged", () => {
  expect(keys({ pending: PENDING, pointsLoaded: false })).toEqual(["load-points"]);
  expect(keys({ pending: PENDING })).toEqual(["stage 2024-01-09"]);
});

test("each window gets a lane while lanes are free, and one lane only", () => {
  const fetching = [staged("2024-01-01", "fetching", 3)];
  expect(keys({ staged: fetching })).toEqual(["fetch 2024-01-01 0", "fetch 2024-01-01 1"]);
  expect(keys({ staged: fetching, running: new Set(["fetch 2024-01-01 0"]) })).toEqual([
    "fetch 2024-01-01 1",
  ]);
  expect(keys({ staged: fetching, running: new Set(["fetch 2024-01-01 0", "fetch 2024-01-01 2"]) })).toEqual(
    [],
  );
});

test("while a day merges the next is fetched, and no third is staged", () => {
  const merging = staged("2024-01-01", "merging");
  expect(keys({ staged: [merging], pending: PENDING })).toEqual(["merge", "stage 2024-01-09"]);
  const two = [merging, staged("2024-01-02", "fetching", 1)];
  expect(keys({ staged: two, pending: PENDING })).toEqual(["merge", "fetch 2024-01-02 0"]);
});

test("fetched days continue during an outage and a pause; days to fetch wait for their end", () => {
  const all = [
    staged("2024-01-01", "encoded"),
    staged("2024-01-02", "merging"),
    staged("2024-01-03", "fetching"),
  ];
  const decision = nextActions({ ...IDLE, staged: all, waitingUntil: NOW + 9 });
  expect(decision.start.map((action) => action.key)).toEqual(["publish 2024-01-01", "merge"]);
  expect(decision.laterAt).toBe(NOW + 9);
  expect(keys({ staged: all.slice(2), waitingUntil: NOW })).toHaveLength(2);
});

test("a day with two crashes has one lane", () => {
  expect(keys({ staged: [staged("2024-01-01", "fetching", 2, { oneLane: true })] })).toHaveLength(1);
});

test("a file that is held for upload is not worked on, and does not count as a staged day", () => {
  const held = staged("2024-01-01", "encoded", 1, { heldForUpload: true });
  expect(keys({ staged: [held, { ...held, date: day("2024-01-02") }], pending: PENDING })).toEqual([
    "stage 2024-01-09",
  ]);
});

test("of many files that wait for their upload two are published at a time, in the order of their days", () => {
  const encoded = [1, 2, 3, 4].map((date) => staged(`2024-01-0${date}`, "encoded"));
  expect(keys({ staged: encoded })).toEqual(["publish 2024-01-01", "publish 2024-01-02"]);
  const second = new Set(["publish 2024-01-02"]);
  expect(keys({ staged: encoded.slice(1), running: second })).toEqual(["publish 2024-01-03"]);
});

test("a stopped or halted site only updates its view and audits", () => {
  const work = { staged: [staged("2024-01-01", "encoded")], pending: PENDING, viewDueAt: NOW, audit: true };
  expect(keys({ ...work, run: false })).toEqual(["view", "audit"]);
  expect(keys({ ...work, halted: true })).toEqual(["view", "audit"]);
});

test("the view is put when it is due, and until then nothing but that time is decided", () => {
  expect(nextActions({ ...IDLE, viewDueAt: NOW + 700 })).toEqual({
    start: [],
    workLeft: false,
    laterAt: NOW + 700,
  });
  expect(keys({ viewDueAt: NOW })).toEqual(["view"]);
  expect(keys({ viewDueAt: NOW, running: new Set(["view"]) })).toEqual([]);
});

test("while the ledger is rebuilt from R2 nothing is fetched or published", () => {
  const work = { staged: [staged("2024-01-01", "encoded")], pending: PENDING, audit: true, rebuilding: true };
  expect(keys(work)).toEqual(["audit"]);
});

test("a stated pause holds up its window alone, and the next is decided when it ends", () => {
  const three = staged("2024-01-02", "fetching", 3);
  const windows = three.windows.map((window) =>
    window.index === 1 ? { ...window, waitingUntil: NOW + 30_000 } : window,
  );
  const decide = (now: number) =>
    nextActions({ ...IDLE, now, run: true, pointsLoaded: true, lanes: 3, staged: [{ ...three, windows }] });
  const paused = decide(NOW);
  expect(paused.start.map(({ key }) => key)).toEqual(["fetch 2024-01-02 0", "fetch 2024-01-02 2"]);
  expect(paused.laterAt).toBe(NOW + 30_000);
  expect(decide(NOW + 30_000).start).toHaveLength(3);
  // A clock that has stepped back does not make the pause longer than any that is stated.
  expect(decide(NOW - 3_600_000).start).toHaveLength(3);
});

const DUE = { run: true, probe: false, pending: undefined, points: "fresh", laterAt: undefined } as const;
const dueDay = (date: string, phase: StagedDay["phase"], windows = 1): StagedDay => {
  const own = staged(date, phase, windows);
  return { ...own, plan: { ...own.plan, track: "due" } };
};

test("due days come first: their windows, and a day to stage although the job has two", () => {
  const job = [staged("2024-01-01", "merging"), staged("2024-01-02", "fetching", 2)];
  const due = { ...DUE, pending: day("2025-05-30") };
  expect(keys({ staged: job, due, lanes: 3 })).toEqual([
    "merge",
    "stage 2025-05-30",
    "fetch 2024-01-02 0",
    "fetch 2024-01-02 1",
  ]);
  const both = [...job, dueDay("2025-05-30", "fetching", 2)];
  expect(keys({ staged: both, due: { ...DUE, pending: day("2025-05-31") }, lanes: 3 })).toEqual([
    "merge",
    "fetch 2025-05-30 0",
    "fetch 2025-05-30 1",
    "fetch 2024-01-02 0",
  ]);
});

test("due days need no job, and no job is held up by due days that rest", () => {
  const due = { ...DUE, pending: day("2025-05-30") };
  expect(keys({ run: false, due })).toEqual(["stage 2025-05-30"]);
  expect(keys({ halted: true, due })).toEqual(["stage 2025-05-30"]);
  const resting = [dueDay("2025-05-30", "fetching"), dueDay("2025-05-31", "encoded")];
  const paused = { ...DUE, run: false };
  expect(keys({ staged: resting, due: paused, pending: PENDING })).toEqual([`stage ${PENDING[0]}`]);
});

test("a day that is due and pending for the job is staged once, as due", () => {
  const [date] = PENDING;
  if (!date) throw new Error("no pending day");
  const { start } = nextActions({ ...IDLE, pending: PENDING, due: { ...DUE, pending: date } });
  expect(start).toMatchObject([{ do: "stage", date, track: "due" }]);
});

test("the list of points is loaded for due days before one is staged, once it is old or the API refused it", () => {
  const pending = day("2025-05-30");
  const load = (due: Partial<Situation["due"]>) =>
    nextActions({ ...IDLE, run: false, pointsLoaded: false, due: { ...DUE, ...due } }).start;
  expect(load({ pending, points: "old" })).toMatchObject([{ do: "load-points", track: "due" }]);
  expect(load({ pending, points: "missing" })).toMatchObject([{ do: "load-points", track: "due" }]);
  expect(load({ run: false, probe: true })).toMatchObject([{ do: "load-points", track: "due" }]);
  expect(load({ points: "old" })).toEqual([]);
  // A day that is staged goes on with the list that it was staged with.
  const fetching = { ...IDLE, run: false, staged: [dueDay("2025-05-30", "fetching")] };
  const next = (points: Situation["due"]["points"]) => nextActions({ ...fetching, due: { ...DUE, points } });
  expect(next("old").start).toMatchObject([{ do: "fetch" }]);
  expect(next("missing").start).toMatchObject([{ do: "load-points" }]);
});

test("a due day or a probe that waits says until when", () => {
  expect(nextActions({ ...IDLE, due: { ...DUE, laterAt: NOW + 7 } }).laterAt).toBe(NOW + 7);
});

test("a rebuild begins when the work that runs has ended, and a verification runs beside it", () => {
  const running = new Set(["publish 2025-05-30", "view"]);
  const audits = (rebuilding: boolean, keysRunning: ReadonlySet<string>) =>
    keys({ audit: true, rebuilding, running: keysRunning });
  expect(audits(true, running)).toEqual([]);
  expect(audits(false, running)).toEqual(["audit"]);
  expect(audits(true, new Set(["view"]))).toEqual(["audit"]);
});

test("the points file is written when it is due, whatever the job, and not while a list is being read", () => {
  const due = { ...IDLE, run: false, pointsFileDueAt: NOW };
  const write = { do: "points-file", key: "points-file" };
  expect(nextActions(due).start).toEqual([write]);
  expect(nextActions({ ...due, rebuilding: true }).start).toEqual([write]);
  expect(nextActions({ ...due, running: new Set(["load-points"]) }).start).toEqual([]);
  expect(nextActions({ ...due, pointsFileDueAt: NOW + 5 })).toMatchObject({ start: [], laterAt: NOW + 5 });
});

test("a step of roll-ups begins only where nothing else of the site runs or can start", () => {
  const step = { do: "check", period: "2024-Q1" as RollupPeriod } as const;
  const asked: boolean[] = [];
  const rollup = (settled: boolean) => {
    asked.push(settled);
    return { step, laterAt: NOW + 5 };
  };
  const startsOf = (more: Partial<Situation>) =>
    nextActions({ ...IDLE, rollup, ...more }).start.map(({ key }) => key);
  expect(startsOf({})).toEqual(["rollup"]);
  expect(asked).toEqual([true]);
  expect(startsOf({ viewDueAt: NOW, running: new Set(["view"]) })).toEqual(["rollup"]);
  expect(startsOf({ running: new Set(["rollup"]) })).toEqual([]);
  expect(startsOf({ pending: [day("2024-01-01")] })).toEqual(["stage 2024-01-01"]);
  expect(startsOf({ running: new Set(["fetch 2024-01-01 0"]) })).toEqual([]);
  expect(startsOf({ audit: true })).toEqual(["audit"]);
  expect(startsOf({ staged: [staged("2024-01-01", "encoded")] })).toEqual(["publish 2024-01-01"]);
  // While the vendor is waited for, with days left to fetch.
  asked.length = 0;
  expect(startsOf({ pending: [day("2024-01-01")], waitingUntil: NOW + 9 })).toEqual(["rollup"]);
  expect(asked).toEqual([false]);
  expect(startsOf({ run: false, staged: [staged("2024-01-01", "fetching")] })).toEqual(["rollup"]);
  expect(nextActions({ ...IDLE, rollup }).laterAt).toBe(NOW + 5);
});
