import { expect, test } from "vitest";
import type { SiteView, Status } from "../../../src/contract/backfill.ts";
import { siteView, statusOf } from "../../../test/support/dashboard-status.ts";
import { rollupText, siteDetail, siteState } from "./site-text.ts";

const NOW = Date.parse("2024-06-01T12:00:00Z");
const later = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const stateOf = (site: Partial<SiteView>, job: Partial<Status> = {}) => {
  const view = siteView(site);
  const status = statusOf([view], job);
  return [siteState(status, view, NOW), siteDetail(status, view, NOW)];
};

test("a running site says what it fetches", () => {
  expect(stateOf({})).toEqual(["running", "2024-01-11 fetching, page 3"]);
});

test("a request that is tried again is named with its try, its wait and its reason", () => {
  const retrying = {
    ...{ date: "2024-01-09", try: 3, tries_max: 4, reason: "HTTP 500", next_at: later(5) },
  };
  expect(stateOf({ retrying })[1]).toBe(
    "2024-01-11 fetching, page 3; retrying 2024-01-09, try 3 of 4 in 5 s: HTTP 500",
  );
  const points = { ...retrying, date: null, next_at: later(-1) };
  expect(stateOf({ retrying: points })[1]).toContain("retrying the list of points, try 3 of 4: HTTP 500");
});

test("while a pause lasts, the sites that wait for it are throttled, and no other", () => {
  const throttled = { throttled_until: later(40) };
  expect(stateOf({}, throttled)[0]).toBe("throttled");
  expect(stateOf({ state: "waiting", waiting_until: later(40) }, throttled)[0]).toBe("throttled");
  expect(stateOf({ state: "waiting", waiting_until: later(600) }, throttled)[0]).toBe("waiting");
  expect(stateOf({ state: "completed" }, throttled)[0]).toBe("completed");
  expect(stateOf({}, { throttled_until: later(-1) })[0]).toBe("running");
});

test("a site without a response says that its values are old", () => {
  expect(stateOf({}, { sites_unreachable: ["a"] })[1]).toBe(
    "not responding; these values are the last known",
  );
});

test("a site that waits for the API says until when, and why", () => {
  const waiting = { state: "waiting", waiting_until: later(600), last_error: "No response" } as const;
  expect(stateOf(waiting)).toEqual(["waiting", "until 2024-06-01 12:10:00 UTC: No response"]);
});

test("roll-ups say how many archived days they have, and what is made", () => {
  const rollups: NonNullable<SiteView["rollups"]> = {
    state: "running" as const,
    hourly: { periods: 3, days_held: 350, days_lacking: 16, days_skipped: 0, bytes: 1 },
    raw: { periods: 10, days_held: 305, days_lacking: 30, days_skipped: 0, bytes: 1 },
    ...{ current_period: "2024-Q4", last_error: null },
  };
  expect(rollupText({ rollups })).toBe(
    "Roll-ups: 350 of 366 days by the hour, 305 of 335 days raw, making 2024-Q4",
  );
  expect(rollupText({ rollups: { ...rollups, state: "waiting", last_error: "R2 fails" } })).toBe(
    "Roll-ups: 350 of 366 days by the hour, 305 of 335 days raw: R2 fails",
  );
  const none = { ...rollups.hourly, days_held: 0, days_lacking: 0 };
  expect(rollupText({ rollups: { ...rollups, hourly: none } })).toBe("");
  expect(rollupText({})).toBe("");
});
