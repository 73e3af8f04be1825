import { expect, test } from "vitest";
import { jobFixture, reportFixture } from "../../test/support/job.ts";
import type { SiteView } from "../contract/backfill.ts";
import { parseSiteName, type SiteName } from "../domain/site.ts";
import type { Job, SiteReport } from "./job.ts";
import { LOOK_MS_MAX, look, needsRestart, restarted, SILENT_MS_MAX, type Watch } from "./watch.ts";

const MINUTE = 60_000;
const JOB = jobFixture([parseSiteName("a") as SiteName]);

const says = (given: Partial<Omit<SiteReport, "view">> = {}, view: Partial<SiteView> = {}) =>
  reportFixture("a", { ...given, view: { current_date: "2024-01-01", phase: "fetching", ...view } });

/** One look a minute, at what each is given; a missing report is a site that does not answer. */
function watched(
  reports: readonly (SiteReport | undefined)[],
  from?: Watch,
  job: Job = JOB,
  elapsedMs = MINUTE,
) {
  let watch = from ?? look(undefined, job, undefined, false, 0);
  let last: SiteReport | undefined;
  for (const report of reports) {
    last = report ?? last;
    watch = look(watch, job, last, report !== undefined, elapsedMs);
  }
  return watch;
}

const often = (report: SiteReport | undefined, times: number) => Array.from({ length: times }, () => report);

test("a site that says the same again and again stands still, by the watcher's time alone", () => {
  const same = says({ lastProgressAt: 5, dayProgressAt: 5, signOfLifeAt: 5 });
  expect(watched(often(same, 31))).toMatchObject({ standingMs: 30 * MINUTE, silentMs: 30 * MINUTE });
  // Whatever its clock says: a century ahead is a change, and then none.
  const ahead = says({ lastProgressAt: 3e12, dayProgressAt: 3e12, signOfLifeAt: 3e12 });
  expect(watched(often(ahead, 11))).toMatchObject({ standingMs: 10 * MINUTE, silentMs: 10 * MINUTE });
});

test("a commit for the first day ends a standstill; one for another day alone does not", () => {
  const still = watched(often(says({ dayProgressAt: 5, lastProgressAt: 5 }), 90));
  expect(watched([says({ dayProgressAt: 6, lastProgressAt: 6 })], still).standingMs).toBe(0);
  expect(watched([says({ dayProgressAt: 5, lastProgressAt: 6 })], still).standingMs).toBe(90 * MINUTE);
  expect(watched([says({ dayProgressAt: 5 }, { current_date: "2024-01-02" })], still).standingMs).toBe(0);
});

test("requests that come to an end are life, though nothing is committed", () => {
  const slow = Array.from({ length: 200 }, (_, minute) =>
    says({ dayProgressAt: 5, signOfLifeAt: minute * MINUTE }),
  );
  expect(watched(slow)).toMatchObject({ standingMs: 199 * MINUTE, silentMs: 0 });
});

test("work that never answers is silent though others commit, and though the site waits", () => {
  const others = Array.from({ length: 61 }, (_, minute) =>
    says({ dayProgressAt: minute, signOfLifeAt: 5 }, { state: minute % 2 === 0 ? "running" : "waiting" }),
  );
  const watch = watched(others);
  expect(watch.standingMs).toBe(0);
  expect(needsRestart(watch)).toBe(true);
});

test("a site that rightly waits neither stands nor is silent, as long as it says so", () => {
  const waiting = says({ lastProgressAt: 5 }, { state: "waiting" });
  // It is idle all the same.
  expect(watched(often(waiting, 900))).toMatchObject({ idleMs: 899 * MINUTE, standingMs: 0, silentMs: 0 });
  const on = watched([says({ lastProgressAt: 6 }, { state: "waiting" })], watched(often(waiting, 900)));
  expect(on.idleMs).toBe(0);
  const gone = watched([waiting, ...often(undefined, 61)]);
  expect(gone.standingMs).toBe(61 * MINUTE);
  expect(needsRestart(gone)).toBe(true);
});

test("a site whose answers come too late for every other look neither stands nor is silent", () => {
  let watch = look(undefined, JOB, undefined, false, 0);
  for (let minute = 0; minute < 200; minute += 1) {
    const report = says({ dayProgressAt: minute, signOfLifeAt: minute });
    watch = look(watch, JOB, report, false, MINUTE);
    watch = look(watch, JOB, report, true, 0);
  }
  expect(watch).toMatchObject({ standingMs: 0, silentMs: 0 });
});

test("a site that never answered, or has nothing in hand and begins nothing, is restarted after an hour", () => {
  expect(needsRestart(watched(often(undefined, 59)))).toBe(false);
  expect(needsRestart(watched(often(undefined, 60)))).toBe(true);
  const idle = says({ lastProgressAt: 5, signOfLifeAt: undefined });
  expect(needsRestart(watched(often(idle, 61)))).toBe(true);
});

test("after a restart another hour of silence is needed for the next", () => {
  const due = watched(often(undefined, 60));
  const again = restarted(due);
  expect(needsRestart(again)).toBe(false);
  expect(needsRestart(watched(often(undefined, 59), again))).toBe(false);
  expect(needsRestart(watched(often(undefined, 60), again))).toBe(true);
  // What it stands for is the day, which a restart alone moves no further.
  expect(watched(often(undefined, 59), again).standingMs).toBe(119 * MINUTE);
});

test("a site that has completed does not stand still, and one that has halted is idle for good", () => {
  const completed = often(says({}, { state: "completed" }), 300);
  expect(watched(completed)).toMatchObject({ idleMs: 0, standingMs: 0, silentMs: 0 });
  const halted = [...often(says({}, { state: "halted" }), 150), ...often(undefined, 150)];
  expect(watched(halted)).toMatchObject({ idleMs: 299 * MINUTE, standingMs: 0, silentMs: 0 });
});

test("nothing is expected of a job that shall stop, and a new epoch or round begins anew", () => {
  const still = watched(often(undefined, 200));
  expect(watched([undefined], still, { ...JOB, desired: "stop" })).toMatchObject({
    standingMs: 0,
    silentMs: 0,
  });
  expect(watched([undefined], still, { ...JOB, epoch: 2 })).toMatchObject({ standingMs: 0, silentMs: 0 });
  expect(watched([undefined], still, { ...JOB, round: 2 })).toMatchObject({ standingMs: 0, silentMs: 0 });
});

test("time that nobody watched, or that a clock's step made up, does not count", () => {
  const oneLook = (elapsedMs: number) => watched([says(), says()], undefined, JOB, elapsedMs).standingMs;
  expect(oneLook(30 * SILENT_MS_MAX)).toBe(LOOK_MS_MAX);
  expect(oneLook(-30 * SILENT_MS_MAX)).toBe(0);
});
