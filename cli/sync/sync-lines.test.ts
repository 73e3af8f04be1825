import { expect, it } from "vitest";
import type { SyncDueDay, SyncStatus } from "../../src/contract/etl.ts";
import { siteSync, syncStatus } from "../../test/support/http/etl-views.ts";
import { plainSyncLine, syncLines } from "./sync-lines.ts";

const WIDE = 200;
const rowOf = (changes: Parameters<typeof siteSync>[0]) =>
  syncLines(syncStatus({ sites: [siteSync(changes)] }), WIDE).at(-1);

it("shows the state, and of each site its lag, newest sample, days and last sync", () => {
  expect(syncLines(syncStatus(), WIDE)).toEqual(
    [
      "current  1 site; the last 20 days in D1; a day is archived 6 h after its end",
      "",
      "site              state      lag    newest  missing  hot days  due  now",
      expect.stringMatching(/^─+$/),
      "ses_falls_city  current     4:27  1:57 ago        0         2  -    synced 2025-10-14 12:30:33 UTC: 2 windows, 52,000 samples, 3 requests, 96 rows written",
    ].map((line) => (typeof line === "string" ? expect.stringMatching(spaced(line)) : line)),
  );
});

/** The line with any number of spaces between its words: widths follow from the cells. */
const spaced = (line: string) =>
  new RegExp(
    `^${line
      .split(/ +/)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(" +")}$`,
  );

it("shows why a site does not sync, or how far its sync is", () => {
  expect(rowOf({ state: "halted", halt_reason: "The API refuses the key ACE_API_KEY" })).toMatch(
    /halted .* The API refuses the key ACE_API_KEY$/,
  );
  expect(
    rowOf({
      current_sync: { started_at: "2025-10-14T12:34:50.000Z", windows_read: 1_000, windows_total: 1_920 },
    }),
  ).toMatch(/syncing: 1,000 of 1,920 windows$/);
  const waiting = { state: "waiting", waiting_until: "2025-10-14T12:36:00.000Z" } as const;
  expect(rowOf(waiting)).toMatch(/waits until 2025-10-14 12:36:00 UTC$/);
  const last = siteSync().last_sync;
  if (last === null) throw new Error("the view has a last sync");
  expect(rowOf({ last_sync: { ...last, outcome: "failed", error: "D1 is busy" } })).toMatch(
    /failed 2025-10-14 12:30:33 UTC: D1 is busy$/,
  );
});

it("shows a site that has read nothing without inventing values", () => {
  expect(
    rowOf({
      state: "starting",
      watermark: null,
      lag_seconds: null,
      newest_sample: null,
      last_sync: null,
      hot_days: [],
      due_days: [],
      windows_missing: 96,
    }),
  ).toMatch(/^ses_falls_city +starting +- +- +96 +0 +- +has not synced yet$/);
});

const DUE: SyncDueDay = {
  ...{ date: "2025-10-13", state: "failed", fetched_at: null, records: null, sha256: null, failures: 3 },
  ...{ error: "the API answered 500", retry_at: "2025-10-14T12:40:00.000Z", reason: "archive" },
};

it("counts due days by state, says that they are paused, and names each failed one", () => {
  const sites = [siteSync({ due_days: [DUE, { ...DUE, state: "waiting" }], due_paused: true })];
  const lines = syncLines(syncStatus({ sites }), WIDE);
  expect(lines.find((line) => line.startsWith("ses_falls_city"))).toContain("paused, 1 waiting, 1 failed");
  expect(lines.at(-1)).toBe(
    "2025-10-13 of ses_falls_city (archive) failed 3 times, next try 2025-10-14 12:40:00 UTC: the API answered 500",
  );
});

const TROUBLED: SyncStatus = syncStatus({
  status: "behind",
  sites_unreachable: ["site_b"],
  warnings: ["26 sites are configured"],
  alerts: [
    {
      ...{ alert: "sync_lag", since: "2025-10-14T12:00:00.000Z", message: "site_a is 20 minutes behind" },
      ...{ site: "site_a", day: null, value: 20, threshold: 15 },
    },
  ],
});

it("shows alerts, sites that do not respond and warnings below the state", () => {
  expect(syncLines(TROUBLED, WIDE).slice(0, 4)).toEqual([
    "behind  2 sites; the last 20 days in D1; a day is archived 6 h after its end",
    "ALERT sync_lag since 2025-10-14 12:00:00 UTC: site_a is 20 minutes behind",
    "not responding: site_b",
    "26 sites are configured",
  ]);
  expect(plainSyncLine(TROUBLED)).toBe(
    "behind; ses_falls_city current, lag 4:27; ALERT sync_lag since 2025-10-14 12:00:00 UTC: site_a is 20 minutes behind; not responding: site_b; 26 sites are configured",
  );
});

it("without any site that responds has no table", () => {
  const lines = syncLines(syncStatus({ sites: [], sites_unreachable: ["site_b"] }), WIDE);
  expect(lines.slice(1)).toEqual(["not responding: site_b"]);
});

it("lists the latest errors of the last hour, and no older ones", () => {
  const errors_recent = [10, 11, 12, 13, 100].map((minutes) => ({
    timestamp: new Date(Date.parse("2025-10-14T12:34:56.789Z") - minutes * 60_000).toISOString(),
    error: `error ${minutes}`,
    context: {},
  }));
  const lines = syncLines(syncStatus({ sites: [siteSync({ errors_recent })] }), WIDE);
  expect(lines.filter((line) => line.startsWith("error:"))).toEqual([
    "error: 2025-10-14 12:24:56 UTC ses_falls_city: error 10",
    "error: 2025-10-14 12:23:56 UTC ses_falls_city: error 11",
    "error: 2025-10-14 12:22:56 UTC ses_falls_city: error 12",
  ]);
});

it("fits on a narrow terminal", () => {
  for (const line of syncLines(syncStatus(), 80).slice(1)) expect(line.length).toBeLessThanOrEqual(80);
});
