import { expect, test } from "vitest";
import { SYNC_NOW, siteSync, syncStatus } from "../../../test/support/http/etl-views.ts";
import {
  agoText,
  dueDayText,
  dueText,
  hotText,
  lagText,
  rolledOverText,
  siteDetail,
  summaryText,
} from "./sync-text.ts";

test("says what a site does, or why it does nothing", () => {
  expect(siteDetail(siteSync())).toBe("Synced 2025-10-14 12:30:33 UTC");
  expect(siteDetail(siteSync({ last_sync: null }))).toBe("Nothing has been synced yet");
  expect(siteDetail(siteSync({ state: "halted", halt_reason: "The API refuses the key" }))).toBe(
    "The API refuses the key",
  );
  const current_sync = { started_at: "", windows_read: 3, windows_total: 1_920 };
  expect(siteDetail(siteSync({ current_sync }))).toBe("Syncing: 3 of 1,920 windows");
  const error = { timestamp: "", error: "the API answered 503", context: {} };
  expect(
    siteDetail(
      siteSync({ state: "waiting", waiting_until: "2025-10-14T12:36:00.000Z", errors_recent: [error] }),
    ),
  ).toBe("Until 2025-10-14 12:36:00 UTC: the API answered 503");
});

test("says how fresh the samples are, and nothing where none is known", () => {
  expect(agoText("2025-10-14T12:33:00.000Z", SYNC_NOW)).toBe("1 min 57 s ago");
  expect(agoText("2025-10-14T12:40:00.000Z", SYNC_NOW)).toBe("0 s ago");
  expect([agoText(null, SYNC_NOW), lagText(null, SYNC_NOW)]).toEqual(["–", "–"]);
  expect(lagText("2025-10-14T12:30:30.500Z", SYNC_NOW)).toBe("4 min 26 s");
});

test("counts days by state, without those that need no word", () => {
  const [due] = siteSync().due_days;
  if (!due) throw new Error("the view has a due day");
  expect(hotText(siteSync())).toBe("2 (1 filling)");
  expect(dueText(siteSync())).toBe("none");
  const failed = {
    ...due,
    state: "failed" as const,
    failures: 2,
    error: "HTTP 500",
    retry_at: "2025-10-14T12:40:00.000Z",
  };
  expect(dueText(siteSync({ due_days: [failed, { ...due, state: "waiting" }], due_paused: true }))).toBe(
    "paused, 1 failed, 1 waiting",
  );
  expect(dueDayText(failed)).toBe("archive, failed 2 times, next try 2025-10-14 12:40:00 UTC: HTTP 500");
  expect(dueDayText({ ...due, state: "running" })).toBe("archive, running");
  expect(rolledOverText(siteSync())).toBe("3, last 2025-09-23");
  expect(rolledOverText(siteSync({ rolled_over: { days: 0, last_day: null, last_at: null } }))).toBe("0");
});

test("sums up all sites in a line", () => {
  const sites = [
    siteSync(),
    siteSync({ newest_sample: "2025-10-14T12:34:00.000Z" }),
    siteSync({ state: "halted", newest_sample: null }),
  ];
  expect(summaryText(syncStatus({ sites, sites_unreachable: ["d"] }), SYNC_NOW)).toBe(
    "2 sites current, 1 halted, 1 not responding, newest sample 57 s ago",
  );
});
