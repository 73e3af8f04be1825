import { expect, test } from "vitest";
import { jobFixture, reportFixture } from "../../../test/support/job.ts";
import type { SiteView } from "../../contract/backfill.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import type { Job, SiteDue, SiteReport } from "../job/job.ts";
import {
  isDueSilent,
  isStuck,
  type Liveness,
  needsRestart,
  OBSERVED_MS_MAX,
  observe,
  observeDue,
  restarted,
  SILENT_MS_MAX,
} from "./liveness.ts";

const MINUTE = 60_000;
const JOB = jobFixture([parseSiteName("a") as SiteName]);

const reporting = (given: Partial<Omit<SiteReport, "view">> = {}, view: Partial<SiteView> = {}) =>
  reportFixture("a", { ...given, view: { current_date: "2024-01-01", phase: "fetching", ...view } });

/** One observation a minute for each report; a missing report is a site that does not answer. */
function observed(
  reports: readonly (SiteReport | undefined)[],
  from?: Liveness,
  job: Job = JOB,
  elapsedMs = MINUTE,
) {
  let liveness = from ?? observe(undefined, job, undefined, false, 0);
  let last: SiteReport | undefined;
  for (const report of reports) {
    last = report ?? last;
    liveness = observe(liveness, job, last, report !== undefined, elapsedMs);
  }
  return liveness;
}

const often = (report: SiteReport | undefined, times: number) => Array.from({ length: times }, () => report);

test("a site whose report does not change is stalled, by the Coordinator's time alone", () => {
  const same = reporting({ lastProgressAt: 5, dayProgressAt: 5, lastHeartbeatAt: 5 });
  expect(observed(often(same, 31))).toMatchObject({ stalledMs: 30 * MINUTE, silentMs: 30 * MINUTE });
  // A clock a century ahead is one change, and then none.
  const ahead = reporting({ lastProgressAt: 3e12, dayProgressAt: 3e12, lastHeartbeatAt: 3e12 });
  expect(observed(often(ahead, 11))).toMatchObject({ stalledMs: 10 * MINUTE, silentMs: 10 * MINUTE });
});

test("a commit for the first day ends a standstill; a commit for another day does not", () => {
  const still = observed(often(reporting({ dayProgressAt: 5, lastProgressAt: 5 }), 90));
  expect(observed([reporting({ dayProgressAt: 6, lastProgressAt: 6 })], still).stalledMs).toBe(0);
  expect(observed([reporting({ dayProgressAt: 5, lastProgressAt: 6 })], still).stalledMs).toBe(90 * MINUTE);
  expect(observed([reporting({ dayProgressAt: 5 }, { current_date: "2024-01-02" })], still).stalledMs).toBe(
    0,
  );
});

test("requests that end are heartbeats, though nothing is committed", () => {
  const slow = Array.from({ length: 200 }, (_, minute) =>
    reporting({ dayProgressAt: 5, lastHeartbeatAt: minute * MINUTE }),
  );
  expect(observed(slow)).toMatchObject({ stalledMs: 199 * MINUTE, silentMs: 0 });
});

test("work that never answers is silent although other work commits or the site waits", () => {
  const others = Array.from({ length: 61 }, (_, minute) =>
    reporting(
      { dayProgressAt: minute, lastHeartbeatAt: 5 },
      { state: minute % 2 === 0 ? "running" : "waiting" },
    ),
  );
  const liveness = observed(others);
  expect(liveness.stalledMs).toBe(0);
  expect(needsRestart(liveness)).toBe(true);
});

test("a site that waits for the vendor is neither stalled nor silent while it says so", () => {
  const waiting = reporting({ lastProgressAt: 5 }, { state: "waiting" });
  // It is idle nevertheless.
  expect(observed(often(waiting, 900))).toMatchObject({ idleMs: 899 * MINUTE, stalledMs: 0, silentMs: 0 });
  const on = observed(
    [reporting({ lastProgressAt: 6 }, { state: "waiting" })],
    observed(often(waiting, 900)),
  );
  expect(on.idleMs).toBe(0);
  const gone = observed([waiting, ...often(undefined, 61)]);
  expect(gone.stalledMs).toBe(61 * MINUTE);
  expect(needsRestart(gone)).toBe(true);
});

test("a site that answers too late for every other observation is neither stalled nor silent", () => {
  let liveness = observe(undefined, JOB, undefined, false, 0);
  for (let minute = 0; minute < 200; minute += 1) {
    const report = reporting({ dayProgressAt: minute, lastHeartbeatAt: minute });
    liveness = observe(liveness, JOB, report, false, MINUTE);
    liveness = observe(liveness, JOB, report, true, 0);
  }
  expect(liveness).toMatchObject({ stalledMs: 0, silentMs: 0 });
});

test("a site that never answered, or runs no work and begins none, is restarted after an hour", () => {
  expect(needsRestart(observed(often(undefined, 59)))).toBe(false);
  expect(needsRestart(observed(often(undefined, 60)))).toBe(true);
  const idle = reporting({ lastProgressAt: 5, lastHeartbeatAt: undefined });
  expect(needsRestart(observed(often(idle, 61)))).toBe(true);
});

test("after a restart another hour of silence is needed for the next", () => {
  const due = observed(often(undefined, 60));
  const again = restarted(due);
  expect(needsRestart(again)).toBe(false);
  expect(needsRestart(observed(often(undefined, 59), again))).toBe(false);
  expect(needsRestart(observed(often(undefined, 60), again))).toBe(true);
  // A restart alone does not progress the day.
  expect(observed(often(undefined, 59), again).stalledMs).toBe(119 * MINUTE);
});

test("a completed site is not stalled, and a halted site stays idle", () => {
  const completed = often(reporting({}, { state: "completed" }), 300);
  expect(observed(completed)).toMatchObject({ idleMs: 0, stalledMs: 0, silentMs: 0 });
  const halted = [...often(reporting({}, { state: "halted" }), 150), ...often(undefined, 150)];
  expect(observed(halted)).toMatchObject({ idleMs: 299 * MINUTE, stalledMs: 0, silentMs: 0 });
});

test("a job that has to stop makes no site stalled, and all times restart with a new epoch or round", () => {
  const still = observed(often(undefined, 200));
  expect(observed([undefined], still, { ...JOB, desired: "stop" })).toMatchObject({
    stalledMs: 0,
    silentMs: 0,
  });
  expect(observed([undefined], still, { ...JOB, epoch: 2 })).toMatchObject({ stalledMs: 0, silentMs: 0 });
  expect(observed([undefined], still, { ...JOB, round: 2 })).toMatchObject({ stalledMs: 0, silentMs: 0 });
});

test("time without an observation, or from a clock's step, does not count", () => {
  const oneObservation = (elapsedMs: number) =>
    observed([reporting(), reporting()], undefined, JOB, elapsedMs).stalledMs;
  expect(oneObservation(30 * SILENT_MS_MAX)).toBe(OBSERVED_MS_MAX);
  expect(oneObservation(-30 * SILENT_MS_MAX)).toBe(0);
});

test("a site that works on due days without a job is silent once its heartbeat has been the same for an hour", () => {
  const report = (lastHeartbeatAt: number | undefined) => ({ lastHeartbeatAt }) as SiteDue;
  const first = observeDue(undefined, report(5), 1_000);
  expect(first).toEqual({ heartbeat: 5, since: 1_000 });
  const same = observeDue(first, report(5), 1_000 + SILENT_MS_MAX);
  expect([isDueSilent(first, SILENT_MS_MAX), isDueSilent(same, 1_000 + SILENT_MS_MAX)]).toEqual([
    false,
    true,
  ]);
  expect(observeDue(same, report(6), 9_000)).toEqual({ heartbeat: 6, since: 9_000 });
  // Without work there is nothing to be silent; a clock that has stepped back begins again.
  expect(observeDue(same, report(undefined), 9_000)).toBeUndefined();
  expect(observeDue({ heartbeat: 5, since: 10_000 }, report(5), 9_000)).toEqual({
    heartbeat: 5,
    since: 9_000,
  });
});

test("a job is not stuck while due days that go first progress", () => {
  const due = (pages: number) =>
    ({ view: { current_date: "2025-05-30", phase: "fetching", pages } }) as SiteDue;
  const reports = Array.from({ length: 120 }, (_, minute) => reporting({ due: due(minute) }));
  const seen = observed(reports);
  expect([seen.idleMs, isStuck(seen)]).toEqual([0, false]);
});
