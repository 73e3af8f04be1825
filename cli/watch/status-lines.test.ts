import { expect, it } from "vitest";
import { SITE, STATUS } from "../../test/support/cli-status.ts";
import { archiveLine, failedLines, headLines, pastLines, plainLine, siteTable } from "./status-lines.ts";

it("shows progress, rate and time left, from the Worker's clock", () => {
  expect(headLines(STATUS)).toEqual([
    "backfill_1705316600000_abc123def  in progress  2024-01-01 to 2024-12-31",
    "██████x░░░░░░░░░░░░░░░░░ 27.32% 100 of 366 site-days, 1 failed, 366,640,952 samples",
    "40 site-days/h, 40,738 samples/s, ETA 6:39:00 (2025-10-14 17:09:00 UTC)",
  ]);
});

it("shows no time left before there is a rate", () => {
  const early = { ...STATUS, days_per_hour: null, estimated_completion: null };
  expect(headLines(early)[2]).toBe("no rate yet");
});

it("shows what needs attention, and until when the API throttles", () => {
  const concerned = {
    ...STATUS,
    throttled_until: "2025-10-14T10:31:00.000Z",
    sites_stuck: ["site_a"],
    sites_unreachable: ["site_b"],
    sites: [
      { ...SITE, warnings: [{ kind: "points-skipped" as const, count: 1, message: "1 entry has no name" }] },
    ],
    alerts: [
      {
        alert: "backfill_stuck" as const,
        since: "2025-10-14T09:00:00.000Z",
        message: "nothing has moved",
        site: null,
        date: null,
        phase: null,
        backfill_id: STATUS.backfill_id,
        value: 2.5,
        threshold: 2,
      },
    ],
  };
  expect(headLines(concerned).slice(3)).toEqual([
    "throttled, 1:00 left: the API accepts no requests until 2025-10-14 10:31:00 UTC",
    "ALERT backfill_stuck since 2025-10-14 09:00:00 UTC: nothing has moved",
    "not responding: site_b",
    `${SITE.site}: 1 entry has no name`,
    "no progress for an hour: site_a",
  ]);
  expect(plainLine(concerned)).toContain("; throttled, 1:00 left: the API accepts no requests until");
});

it("says in a log which request is tried again, and why", () => {
  const retrying = { date: null, try: 2, tries_max: 4, reason: "no answer", next_at: "" };
  expect(plainLine({ ...STATUS, sites: [{ ...SITE, retrying }] })).toMatch(
    /; site_a retrying the list of points, try 2 of 4: no answer$/,
  );
});

it("calls a backfill that ended without all of its days partly completed, and shows how long it took", () => {
  const ended = { ...STATUS, status: "completed" as const, outcome: "partial" as const };
  expect(headLines(ended)[0]).toContain("  partly completed  ");
  expect(headLines(ended)[2]).toBe("took 2:30:00");
});

it("shows a backfill without any days as complete", () => {
  const none = { ...STATUS, days_total: 0, days_completed: 0, days_failed: 0 };
  expect(headLines(none)[1]).toMatch(/^█{24} /);
});

it("shows what a site does, what it waits for or why it has halted", () => {
  const sites = [
    SITE,
    {
      ...SITE,
      retrying: {
        date: "2024-04-11",
        try: 3,
        tries_max: 4,
        reason: "503",
        next_at: "2025-10-14T10:30:08.000Z",
      },
    },
    { ...SITE, state: "waiting" as const, waiting_until: "2025-10-14T10:31:00.000Z" },
    { ...SITE, state: "waiting" as const, waiting_until: "2025-10-14T10:31:00.000Z", last_error: null },
    { ...SITE, state: "halted" as const, halt_reason: "the key is not good" },
    { ...SITE, state: "completed" as const },
  ];
  expect(siteTable({ ...STATUS, sites }, 200).slice(2)).toEqual([
    "site_a  running      100/366      2       1  366,640,952  2024-04-11 fetching page 12",
    "site_a  running      100/366      2       1  366,640,952  retrying 2024-04-11, try 3 of 4: 503",
    "site_a  waiting      100/366      2       1  366,640,952  waits until 2025-10-14 10:31:00 UTC: the vendor answers 500",
    "site_a  waiting      100/366      2       1  366,640,952  waits until 2025-10-14 10:31:00 UTC",
    "site_a  halted       100/366      2       1  366,640,952  the key is not good",
    "site_a  completed    100/366      2       1  366,640,952",
  ]);
  const throttled = { ...STATUS, throttled_until: "2025-10-14T10:31:00.000Z" };
  expect(siteTable(throttled, 200)[2]).toMatch(/^site_a {2}throttled .* throttled, 1:00 left$/);
});

it("lists some failed days, and counts the others", () => {
  expect(failedLines(STATUS)).toEqual(["failed: 2024-02-03 site_a"]);
  const failed_days = Array.from({ length: 13 }, () => ({ date: "2024-02-03", site: "site_a" }));
  expect(failedLines({ ...STATUS, failed_days }).slice(-2)).toEqual([
    "failed: 2024-02-03 site_a",
    "and 3 more failed site-days",
  ]);
});

it("shows the failed part of the bar as failed", () => {
  const ended = {
    ...STATUS,
    status: "completed" as const,
    days_total: 4,
    days_completed: 3,
    progress_percent: "75.00",
  };
  const painted = headLines(ended, (colour, text) => `<${colour} ${text}>`)[1];
  expect(painted).toBe(
    `<green ${"█".repeat(18)}><red ${"x".repeat(6)}> 75.00% 3 of 4 site-days, 1 failed, 366,640,952 samples`,
  );
});

it("while the connection is lost says for how long, and shows no rate and no time left", () => {
  const lines = pastLines(STATUS, 5_000);
  expect(lines[0]).toBe("connection lost, retrying: no answer for 0:05; the last known state is below");
  expect(lines.join("\n")).toContain("100 of 366 site-days");
  expect(lines.join("\n")).not.toMatch(/ETA|\/h|\/s/);
});

it("says what is archived in total, and what of it another backfill archived", () => {
  const site = {
    ...{ site: "a", state: null, days_archived: 31, days_empty: 1, days_outside: 0, first_day: null },
    ...{ last_day: null, records: 1_000, bytes: 166_179_000 },
  };
  expect(archiveLine([site])).toBe("archived in total: 31 site-days, 1,000 samples, 166 MB");
  expect(archiveLine([site, { ...site, days_outside: 7 }])).toBe(
    "archived in total: 62 site-days, 2,000 samples, 332 MB; 7 of them outside of this backfill's range",
  );
});

it("shows due days apart from the backfill, and nothing where none are due", () => {
  const site = {
    ...{ site: "site_a", days_total: 5, days_published: 3, days_failed: 1, last_error: "R2 is away" },
    ...{ current_date: "2025-05-30", phase: "fetching", pages: 3, halt_reason: null },
  };
  const due = { paused: false, sites: [site] };
  const line = "due days of site_a: 3 of 5 archived, 1 failed; 2025-05-30 fetching page 3; R2 is away";
  expect(headLines({ ...STATUS, due }).slice(3)).toEqual([line]);
  expect(plainLine({ ...STATUS, due })).toContain(`; ${line}`);
  const paused = { paused: true, sites: [{ ...site, current_date: null, phase: null, days_failed: 0 }] };
  expect(headLines({ ...STATUS, due: paused }).slice(3)).toEqual([
    "due days are paused",
    "due days of site_a: 3 of 5 archived",
  ]);
});
