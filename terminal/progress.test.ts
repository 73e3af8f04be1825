import { expect, it } from "vitest";
import type { SiteView } from "../src/contract/backfill.ts";
import { advancePace, type Pace } from "../src/domain/pace.ts";
import { daysDone, isThrottled, progressLine, SiteLines, throttledText } from "./progress.ts";

const VIEW: SiteView = {
  site: "building_a",
  state: "running",
  days_total: 4,
  days_completed: 1,
  days_empty: 0,
  days_skipped: 0,
  days_failed: 0,
  records_processed: 1_000,
  current_date: "2024-01-02",
  phase: "fetching",
  pages: 3,
  samples_in_progress: 500,
  page_size: 50_000,
  run: { days: 1, samples: 1_500, requests: 5 },
  errors: 0,
  last_error: null,
  halt_reason: null,
  waiting_until: null,
  warnings: [],
  retrying: null,
  last_progress: null,
  failed_days: [],
  pipeline_bytes_peak: 0,
};

/** A site that has done a day of 1,000 samples in 2 s. */
const PACE: Pace = advancePace(advancePace(undefined, { at: 0, days: 0, samples: 0, working: true }), {
  at: 2_000,
  days: 1,
  samples: 1_000,
  working: true,
});
const OPTIONS = {
  pace: PACE,
  samplesPerDay: 1_000,
  width: 80,
  siteWidth: 14,
  activity: ["2024-01-02", "fetching", "p.3 "],
};

it("counts a day in progress by its samples, and a failed day not at all", () => {
  expect(daysDone(VIEW, 1_000)).toBe(1.5);
  expect(daysDone({ ...VIEW, days_failed: 1 }, 1_000)).toBe(1.5);
});

it("is never complete while a day is in progress, whatever its samples", () => {
  expect(daysDone({ ...VIEW, samples_in_progress: 50_000 }, 1_000)).toBeLessThan(4);
  expect(daysDone({ ...VIEW, days_completed: 4, samples_in_progress: 0 }, 1_000)).toBe(4);
});

it("shows day, phase, page, samples, rate and time left beside a bar", () => {
  expect(progressLine(VIEW, OPTIONS)).toBe(
    "building_a     ██░░░░ 1/4 2024-01-02 fetching p.3      1,500     500/s ETA 0:05",
  );
});

it("shows failed days as failed: not completed, not in the bar's filled part, not in percent", () => {
  const ended: SiteView = {
    ...VIEW,
    state: "completed",
    days_completed: 3,
    days_failed: 1,
    samples_in_progress: 0,
  };
  const options = { ...OPTIONS, activity: ["completed"], width: 70 };
  const paint = (part: string, text: string) => `<${part} ${text}>`;
  expect(progressLine(ended, { ...options, paint })).toMatch(
    /^building_a {5}<done █+><failed x+> 3\/4, 1 failed completed/,
  );
  expect(progressLine(ended, { ...options, width: undefined })).toMatch(/^building_a {6}75% 3\/4, 1 failed/);
});

it("never reaches the last column, where a terminal would wrap the line", () => {
  for (let width = 20; width < 140; width++) {
    expect(progressLine(VIEW, { ...OPTIONS, width }).length).toBeLessThan(width);
  }
});

const STATUS = {
  throttled_until: null,
  started_at: "2024-05-01T10:00:00.000Z",
  duration_seconds: 1_200,
} as const;
const lineOf = (view: SiteView, status: object = {}) =>
  new SiteLines().of({ ...STATUS, sites: [view], ...status }, { ...OPTIONS, now: 0 })[0];

it("shows until when a site waits, and which try of a request comes next", () => {
  const waiting: SiteView = { ...VIEW, state: "waiting", waiting_until: "2024-05-01T10:20:30.000Z" };
  expect(lineOf(waiting)).toContain("waits until 10:20:30 UTC");
  const retrying = { date: "2024-01-02", try: 3, tries_max: 4, reason: "503", next_at: "" };
  expect(lineOf({ ...VIEW, retrying })).toContain("2024-01-02 retrying, try 3 of 4");
});

it("shows a site that waits for the rate limit as throttled, with the time left by the Worker's clock", () => {
  const throttled = { ...STATUS, throttled_until: "2024-05-01T10:20:42.000Z" };
  expect(throttledText(throttled)).toBe("throttled, 0:42 left");
  expect(lineOf(VIEW, throttled)).toContain("2024-01-02 throttled, 0:42 left");
  const waiting = (until: string): SiteView => ({ ...VIEW, state: "waiting", waiting_until: until });
  expect(isThrottled(waiting("2024-05-01T10:20:42.000Z"), throttled)).toBe(true);
  // An outage that lasts longer than the pause.
  expect(isThrottled(waiting("2024-05-01T10:50:00.000Z"), throttled)).toBe(false);
  expect(isThrottled({ ...VIEW, state: "halted" }, throttled)).toBe(false);
});

it("shows no rate, no time left and no countdown of a status that is not the present one", () => {
  const past = new SiteLines().past({ ...STATUS, sites: [VIEW] }, OPTIONS)[0];
  expect(past).toMatch(/1\/4 running {5}1,500$/);
});

it("shows a rate and a time left that a pause does not change", () => {
  const lines = new SiteLines();
  const at = (now: number, days: number, state: SiteView["state"]) => {
    const view = { ...VIEW, state, days_completed: days, samples_in_progress: 0 };
    const run = { ...view.run, samples: days * 1_000 };
    return lines.of({ ...STATUS, sites: [{ ...view, run }] }, { ...OPTIONS, now })[0];
  };
  at(0, 0, "running");
  expect(at(60_000, 1, "running")).toMatch(/17\/s ETA 3:00$/);
  at(60_000, 1, "waiting");
  at(119_000, 1, "waiting");
  expect(at(120_000, 1, "running")).toMatch(/17\/s ETA 3:00$/);
});

it("a line of a narrow terminal ends at a word", () => {
  const waiting = { ...VIEW, state: "waiting" as const, waiting_until: "2024-06-01T19:35:30.000Z" };
  const status = {
    throttled_until: null,
    started_at: "2024-06-01T19:00:00.000Z",
    duration_seconds: 0,
    sites: [waiting],
  };
  const lineOf = (width: number) => new SiteLines().of(status, { width, samplesPerDay: 1_000, now: 0 })[0];
  expect(lineOf(50)).toBe("building_a 1/4 2024-01-02 waits until 19:35:30");
  expect(lineOf(46)).toBe("building_a 1/4 2024-01-02 waits until");
});
