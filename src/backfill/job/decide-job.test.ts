import { expect, test } from "vitest";
import { reportFixture } from "../../../test/support/job.ts";
import type { SiteState } from "../../contract/backfill.ts";
import { parseUtcDay, type UtcDay } from "../../domain/day.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import {
  decideCancel,
  decideRetry,
  decideStart,
  isRunning,
  newBackfillId,
  raisedAbove,
} from "./decide-job.ts";
import { type Job, RETRY_ALL } from "./job-types.ts";

const site = (text: string) => parseSiteName(text) as SiteName;
const day = (text: string) => parseUtcDay(text) as UtcDay;
const A = site("a");
const B = site("b");
const WANTED = { startDate: day("2024-01-01"), endDate: day("2024-01-31"), sites: [A, B], forced: false };

function started(): Job {
  const decision = decideStart(undefined, new Map(), WANTED, "id1", 1_000);
  if (decision.kind !== "started") throw new Error(decision.kind);
  return decision.job;
}

const acknowledged = ({ backfillId, epoch, round }: Job) => ({ backfillId, epoch, round });

/** What the sites last said of exactly this job. */
const reports = (job: Job, a: SiteState, b: SiteState) =>
  new Map([
    [A, reportFixture("a", { ...acknowledged(job), view: { state: a } })],
    [B, reportFixture("b", { ...acknowledged(job), view: { state: b } })],
  ]);

test("the first start begins epoch and round one, and takes any verified day", () => {
  expect(started()).toMatchObject({
    backfillId: "id1",
    desired: "run",
    epoch: 1,
    forced: false,
    round: 1,
    startedAt: 1_000,
    resumedAt: 1_000,
    endedAt: undefined,
  });
});

test("while a job runs any start is refused, also of its own range", () => {
  const job = started();
  const running = reports(job, "running", "completed");
  expect(decideStart(job, running, WANTED, "id2", 2_000).kind).toBe("conflict");
  expect(decideStart(job, new Map(), WANTED, "id2", 2_000).kind).toBe("conflict");
  const other = { ...WANTED, endDate: day("2024-02-01") };
  expect(decideStart(job, running, other, "id2", 2_000).kind).toBe("conflict");
});

test("a site that has not acknowledged this very backfill, epoch and round is not done", () => {
  const job = started();
  const said = reports(job, "completed", "completed");
  expect(isRunning(job, said)).toBe(false);
  expect(isRunning({ ...job, epoch: 2 }, said)).toBe(true);
  expect(isRunning({ ...job, round: 2 }, said)).toBe(true);
  expect(isRunning({ ...job, backfillId: "id2" }, said)).toBe(true);
});

test.each(["completed", "halted", "cancelled"] as const)("the same range after %s is resumed", (state) => {
  const job = started();
  const decision = decideStart(job, reports(job, state, "completed"), WANTED, "id2", 9_000);
  expect(decision).toMatchObject({
    kind: "resumed",
    job: { backfillId: "id1", epoch: 2, round: 2, forced: false, startedAt: 1_000, resumedAt: 9_000 },
  });
});

test("sites in another order are the same range; a subset is another", () => {
  const job = started();
  const said = reports(job, "completed", "completed");
  expect(decideStart(job, said, { ...WANTED, sites: [B, A] }, "id2", 2_000).kind).toBe("resumed");
  const subset = decideStart(job, said, { ...WANTED, sites: [A] }, "id2", 2_000);
  expect(subset).toMatchObject({
    kind: "started",
    job: { backfillId: "id2", forced: false },
  });
});

test("a halted site is resumed while the other runs: a new round, the same epoch", () => {
  const job = started();
  const decision = decideStart(job, reports(job, "halted", "running"), WANTED, "id2", 2_000);
  expect(decision).toMatchObject({ kind: "resumed", job: { backfillId: "id1", epoch: 1, round: 2 } });
});

test("force starts a new job, whatever runs, and asks for days of its own backfill", () => {
  const job = started();
  const decision = decideStart(
    job,
    reports(job, "running", "running"),
    { ...WANTED, forced: true },
    "id2",
    5_000,
  );
  expect(decision).toMatchObject({
    kind: "started",
    job: { backfillId: "id2", epoch: 2, round: 2, forced: true, startedAt: 5_000 },
  });
});

test("cancel stops what runs, once", () => {
  const job = started();
  const cancelled = decideCancel(job, new Map(), 3_000);
  expect(cancelled).toMatchObject({ desired: "stop", epoch: 2, endedAt: 3_000 });
  expect(decideCancel(cancelled, new Map(), 4_000)).toBeUndefined();
  expect(decideCancel(job, reports(job, "halted", "completed"), 4_000)).toBeUndefined();
  expect(decideCancel(undefined, new Map(), 4_000)).toBeUndefined();
});

test("a retry is a new round of a job that runs, and a new run of one that ended", () => {
  const job = started();
  expect(decideRetry(job, new Map(), RETRY_ALL, 7_000)).toMatchObject({
    epoch: 1,
    round: 2,
    resumedAt: 1_000,
  });
  const ended = { ...job, endedAt: 6_000 };
  expect(decideRetry(ended, reports(job, "completed", "completed"), RETRY_ALL, 7_000)).toMatchObject({
    epoch: 2,
    round: 2,
    desired: "run",
    resumedAt: 7_000,
    endedAt: undefined,
  });
});

test("a resume of a forced restart is one, too", () => {
  const forced = decideStart(undefined, new Map(), { ...WANTED, forced: true }, "id1", 1_000);
  if (forced.kind !== "started") throw new Error(forced.kind);
  const cancelled = decideCancel(forced.job, new Map(), 2_000);
  const resumed = decideStart(cancelled, new Map(), WANTED, "id2", 3_000);
  expect(resumed).toMatchObject({ kind: "resumed", job: { backfillId: "id1", forced: true } });
});

test("a job is raised above sites that have a job of another backfill and would ignore it, and above no others", () => {
  const job = { ...started(), epoch: 5, round: 5 };
  const says = (backfillId: string | undefined, epoch: number, round: number) =>
    reportFixture("a", { backfillId, epoch, round });
  const raised = (...said: ReturnType<typeof says>[]) => raisedAbove(job, said);
  expect(raised(says("id1", 5, 5), says("other", 4, 4), says(undefined, 0, 0))).toBeUndefined();
  expect(raised(says("other", 5, 4))).toMatchObject({ epoch: 6, round: 6, backfillId: "id1" });
  expect(raised(says("other", 4, 60))).toMatchObject({ epoch: 6, round: 61 });
  expect(raised(says("other", 57, 4), says("third", 8, 60))).toMatchObject({ epoch: 58, round: 61 });
});

test("ids are the documented ones", () => {
  expect(newBackfillId({ now: () => 1705316600000, random: () => 0.999999 })).toBe(
    "backfill_1705316600000_zzzzzzzzz",
  );
  expect(newBackfillId({ now: () => 1, random: () => 0 })).toBe("backfill_1_000000000");
});
