import { expect, test } from "vitest";
import { jobFixture, reportFixture } from "../../../test/support/job.ts";
import type { Alert, SiteView } from "../../contract/backfill.ts";
import { parseSiteName, type SiteName } from "../../domain/site.ts";
import type { Job, SiteReport } from "../job/job.ts";
import { changesOf, conditionsOf } from "./alerts.ts";
import type { Liveness } from "./liveness.ts";

const A = parseSiteName("a") as SiteName;
const B = parseSiteName("b") as SiteName;
const NOW = Date.parse("2025-06-01T12:00:00Z");
const HOUR = 3_600_000;
const JOB = jobFixture([A, B]);
const THRESHOLDS = {
  alertStuckHours: 2,
  alertFailedPercent: 10,
  alertUploadFailures: 5,
  alertRateLimitsPerHour: 10,
};

type Given = Partial<Omit<SiteReport, "view">> & { view?: Partial<SiteView>; idleMs?: number };

function raised(
  a: Given,
  b: Given = {},
  job: Job = JOB,
  thresholds = THRESHOLDS,
  before: readonly Alert[] = [],
) {
  const reports = new Map(
    [[A, a] as const, [B, b] as const].map(([site, { idleMs: _, ...given }]) => [
      site,
      reportFixture(site, given),
    ]),
  );
  const watches = new Map<SiteName, Liveness>(
    [[A, a] as const, [B, b] as const].map(([site, { idleMs = 0 }]) => [
      site,
      { target: "", progress: "", heartbeat: undefined, idleMs, stalledMs: 0, silentMs: 0 },
    ]),
  );
  return conditionsOf(before, job, reports, watches, thresholds, NOW);
}

const names = (...given: Parameters<typeof raised>) => raised(...given).map(({ alert }) => alert);

test("two hours without progress are an alert that names site, day, phase and since when", () => {
  const view = { current_date: "2024-01-03", phase: "merging" };
  expect(raised({ idleMs: 2 * HOUR + 1, view })).toEqual([
    {
      alert: "backfill_stuck",
      site: "a",
      date: "2024-01-03",
      phase: "merging",
      since: "2025-06-01T09:59:59.999Z",
      message: "Site a makes no progress with 2024-01-03 (merging)",
      backfill_id: "id",
      value: 2,
      threshold: 2,
    },
  ]);
  expect(names({ idleMs: 2 * HOUR, view })).toEqual([]);
  const nothing = conditionsOf(
    [],
    JOB,
    new Map(),
    new Map([
      [B, { target: "", progress: "", heartbeat: undefined, idleMs: 3 * HOUR, stalledMs: 0, silentMs: 0 }],
    ]),
    THRESHOLDS,
    NOW,
  );
  expect(nothing[0]?.message).toBe("Site b makes no progress");
});

test("a site that waits for the API for two hours is one that people are told of, and why it stands", () => {
  const view = { state: "waiting" as const, current_date: "2024-01-03" };
  expect(raised({ idleMs: 3 * HOUR, view })).toMatchObject([
    {
      alert: "backfill_stuck",
      message: "Site a makes no progress with 2024-01-03 and waits for the API",
      value: 3,
    },
  ]);
});

test("two hours after a job has halted each halted site is an alert with its reason, until it is resumed", () => {
  const given = {
    view: { state: "halted" as const, halt_reason: "a wrong key", current_date: "2024-01-03" },
  };
  const done = { view: { state: "completed" as const } };
  const at = (endedAt: number) => raised(given, done, { ...JOB, endedAt });
  expect(at(NOW - 2 * HOUR)).toEqual([]);
  expect(at(NOW - 2.5 * HOUR)).toMatchObject([
    {
      ...{ alert: "backfill_stuck", site: "a", date: "2024-01-03", value: 2.5 },
      message: "Site a has halted: a wrong key",
      since: "2025-06-01T09:30:00.000Z",
    },
  ]);
  // It was as idle while the other one ran.
  const running = { ...JOB, endedAt: undefined };
  expect(raised({ ...given, idleMs: 2.5 * HOUR }, {}, running)).toEqual(at(NOW - 2.5 * HOUR));
  expect(raised({ ...given, idleMs: 2 * HOUR }, done, { ...JOB, endedAt: NOW - HOUR / 2 })).toEqual(
    at(NOW - 2.5 * HOUR),
  );
  expect(raised(given, {}, running)).toEqual([]);
  expect(raised(given, done, { ...JOB, desired: "stop", endedAt: 0 })).toEqual([]);
});

test("a value that goes to and fro at its bound is told once; the word of a job that has ended is exact", () => {
  const refused = (rateLimitsLastHour: number, before: readonly Alert[]) =>
    raised({ rateLimitsLastHour }, {}, JOB, THRESHOLDS, before);
  let standing = refused(11, []);
  for (const count of [10, 11, 9, 12, 10]) standing = refused(count, standing);
  expect(standing).toMatchObject([{ alert: "rate_limit_exhaustion", value: 10, threshold: 10 }]);
  expect(refused(8, standing)).toEqual([]);
  expect(refused(10, [])).toEqual([]);
  const days = (state: SiteView["state"], before: readonly Alert[]) =>
    raised(
      { view: { state, days_failed: 9, days_completed: 91 } },
      { view: { state: "completed" } },
      JOB,
      THRESHOLDS,
      before,
    );
  const failing = raised({ view: { days_failed: 2, days_completed: 9 } });
  expect(days("running", failing)).toMatchObject([{ alert: "high_error_rate", value: 9 }]);
  expect(days("completed", failing)).toEqual([]);
});

test("more than a tenth of the finished days failed: of ten at least, or of all", () => {
  const days = (failed: number, completed: number, state: SiteView["state"] = "running") =>
    names(
      { view: { state, days_failed: failed, days_completed: completed } },
      { view: { state, days_completed: 4 } },
    );
  expect(days(1, 5)).toEqual([]);
  expect(days(2, 4)).toEqual(["high_error_rate"]);
  expect(days(1, 4)).toEqual([]);
  // Of a job that has come to its end all days are finished, however few.
  expect(days(1, 4, "completed")).toEqual(["high_error_rate"]);
  expect(days(0, 0, "completed")).toEqual([]);
});

test("more than five uploads in a row that failed are an alert of their site", () => {
  expect(names({ uploadFailures: 5 }, { uploadFailures: 5 })).toEqual([]);
  expect(raised({}, { uploadFailures: 6 })).toMatchObject([{ alert: "upload_failures", site: "b" }]);
});

test("more than ten answers of 429 within an hour are one alert, over all sites, while it runs", () => {
  expect(names({ rateLimitsLastHour: 5 }, { rateLimitsLastHour: 5 })).toEqual([]);
  expect(names({ rateLimitsLastHour: 5 }, { rateLimitsLastHour: 6 })).toEqual(["rate_limit_exhaustion"]);
  const done = { rateLimitsLastHour: 9, view: { state: "completed" as const } };
  expect(names(done, done)).toEqual([]);
});

test("a job that was stopped is not stuck, and what was said of an earlier job is not about this one", () => {
  const bad = { idleMs: 9 * HOUR, uploadFailures: 9, rateLimitsLastHour: 99 };
  expect(names(bad, bad, { ...JOB, desired: "stop" })).toEqual([]);
  const old = { uploadFailures: 9, rateLimitsLastHour: 99, view: { days_failed: 31 } };
  expect(names(old, old, { ...JOB, backfillId: "new", epoch: 3 })).toEqual([]);
});

test("an alert is raised once, keeps its beginning while its words change, and is cleared once", () => {
  const first = raised({ rateLimitsLastHour: 11 });
  const begun = changesOf([], first);
  expect(begun).toEqual({ alerts: first, raised: first, cleared: [] });
  const later = conditionsOf(
    [],
    JOB,
    new Map([[A, reportFixture("a", { rateLimitsLastHour: 20 })]]),
    new Map(),
    THRESHOLDS,
    NOW + HOUR,
  );
  const going = changesOf(begun.alerts, later);
  expect(going).toMatchObject({ raised: [], cleared: [], alerts: [{ since: first[0]?.since }] });
  expect(going.alerts[0]?.message).toContain("20");
  expect(changesOf(going.alerts, [])).toEqual({ alerts: [], raised: [], cleared: going.alerts });
});

test("another stuck day is another alert", () => {
  const stuck = (date: string) => raised({ idleMs: 3 * HOUR, view: { current_date: date } });
  const { raised: now, cleared } = changesOf(stuck("2024-01-01"), stuck("2024-01-02"));
  expect([now[0]?.date, cleared[0]?.date]).toEqual(["2024-01-02", "2024-01-01"]);
});

test("every bound is the configured one, and an alert says it beside the value that is beyond it", () => {
  const view = { days_failed: 2, days_completed: 5 };
  const bad = { idleMs: 3.5 * HOUR, uploadFailures: 3, rateLimitsLastHour: 4, view };
  const done = { view: { days_completed: 3 } };
  const bounds = {
    alertStuckHours: 3,
    alertFailedPercent: 19,
    alertUploadFailures: 2,
    alertRateLimitsPerHour: 3,
  };
  expect(
    raised(bad, done, JOB, bounds).map(({ alert, value, threshold }) => [alert, value, threshold]),
  ).toEqual([
    ["backfill_stuck", 3.5, 3],
    ["rate_limit_exhaustion", 4, 3],
    ["upload_failures", 3, 2],
    ["high_error_rate", 20, 19],
  ]);
  const wider = {
    alertStuckHours: 4,
    alertFailedPercent: 20,
    alertUploadFailures: 3,
    alertRateLimitsPerHour: 4,
  };
  expect(raised(bad, done, JOB, wider)).toEqual([]);
});

test("a bound of nothing raises at the first, and not at none", () => {
  const none = {
    alertStuckHours: 1,
    alertFailedPercent: 0,
    alertUploadFailures: 0,
    alertRateLimitsPerHour: 0,
  };
  const over = { view: { state: "completed" as const } };
  expect(raised({}, {}, JOB, none)).toEqual([]);
  expect(raised(over, over, JOB, none)).toEqual([]);
  expect(raised({ uploadFailures: 1 }, {}, JOB, none)).toMatchObject([{ value: 1, threshold: 0 }]);
});
