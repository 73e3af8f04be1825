import { expect, it } from "vitest";
import type { SiteView } from "../src/contract/backfill.ts";
import { type LineOptions, paceOf, progressLine, shareOf } from "./progress.ts";

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
const OPTIONS: LineOptions = {
  since: { samples: 500, share: 0.125, atMs: 0 },
  now: 2_000,
  samplesPerDay: 1_000,
  width: 80,
  siteWidth: 14,
};

it("counts a day in progress by its samples", () => {
  expect(shareOf(VIEW, 1_000)).toBe(0.375);
});

it("is never complete while a day is in progress, whatever its samples", () => {
  expect(shareOf({ ...VIEW, samples_in_progress: 50_000 }, 1_000)).toBeLessThan(1);
  expect(shareOf({ ...VIEW, days_completed: 4, samples_in_progress: 0 }, 1_000)).toBe(1);
});

it("estimates rate and time left from what was done since watching began", () => {
  // 1,000 samples and a quarter of the days in 2 s; five eighths are left.
  expect(paceOf(VIEW, OPTIONS.since, 2_000, 1_000)).toEqual({ perSecond: 500, leftMs: 5_000 });
});

it("shows no time left before there is a rate", () => {
  expect(paceOf(VIEW, { samples: 1_500, share: 0.375, atMs: 0 }, 2_000, 1_000).leftMs).toBeUndefined();
});

it("shows day, phase, page, samples, rate and time left beside a bar", () => {
  expect(progressLine(VIEW, OPTIONS)).toBe(
    "building_a     ██░░░░ 1/4 2024-01-02 fetching p.3      1,500     500/s ETA 0:05",
  );
});

it("never reaches the last column, where a terminal would wrap the line", () => {
  for (let width = 20; width < 140; width++) {
    expect(progressLine(VIEW, { ...OPTIONS, width }).length).toBeLessThan(width);
  }
});

it("shows the share in percent where no bar can be drawn", () => {
  expect(progressLine(VIEW, { ...OPTIONS, width: undefined })).toMatch(/^building_a {6}37% 1\/4 2024-01-02/);
});

it("shows until when a site waits", () => {
  const waiting: SiteView = { ...VIEW, state: "waiting", waiting_until: "2024-05-01T10:20:30.000Z" };
  expect(progressLine(waiting, OPTIONS)).toContain("waits until 10:20:30 UTC");
});
