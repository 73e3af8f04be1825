import { describe, expect, it } from "vitest";
import { STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";
import {
  type AuditView,
  DAYS_MAX,
  type DayView,
  type DueDayEntry,
  type ErrorView,
} from "../../contract/backfill.ts";

const ID = STATUS.backfill_id;

const DAY: DayView = {
  date: "2024-01-15",
  site: "ses_falls_city",
  status: "completed",
  records: 3_741_234,
  r2_path: "timeseries/2024/01/15/ses_falls_city.parquet",
  completed_at: "2025-10-14T12:34:56.000Z",
  requested: true,
  evidence: null,
  phase: null,
  verification: null,
  attempts: 1,
  failure: null,
};
const ERROR: ErrorView = {
  backfill_id: ID,
  timestamp: "2025-10-14T14:30:45.123Z",
  error: "ACE API timeout",
  stack: "",
  context: { site: "ses_falls_city", page: 3 },
};
const AUDIT: AuditView = {
  site: "ses_falls_city",
  mode: "quick",
  state: "running",
  from: null,
  to: null,
  days_checked: 1,
  days_total: 9,
  days_ok: 1,
  records: 5,
  bytes: 6,
  problems: [],
  problems_total: 0,
  outcome: "ok",
  started_at: "2025-10-14T12:00:00.000Z",
  completed_at: null,
};

describe("POST /backfill/cancel", () => {
  it("responds with the documented body, and the sites that could not be reached", async () => {
    const { post, backfill } = underTest();
    backfill.cancelOutcome = {
      kind: "cancelled",
      backfill_id: ID,
      days_completed: 165,
      sites_stopping: ["building_a"],
    };
    const response = await post("/backfill/cancel");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "cancelled",
      backfill_id: ID,
      days_completed: 165,
      message: "Backfill cancelled. Progress has been saved.",
      sites_stopping: ["building_a"],
    });
  });

  it("responds with the documented 400 where nothing runs, with or without an empty object", async () => {
    for (const body of [undefined, "", {}]) {
      const response = await underTest().post("/backfill/cancel", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: "No backfill in progress to cancel" });
    }
  });

  it("rejects fields, because a client that names a site does not mean all sites", async () => {
    const { post, backfill } = underTest();
    const response = await post("/backfill/cancel", { site: "building_a" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ details: ['unknown field "site"'] });
    expect(backfill.calls).toEqual([]);
  });
});

describe("a selection of days", () => {
  it("is passed to the backfill by GET /backfill/days", async () => {
    const { get, backfill } = underTest();
    backfill.foundDays = [DAY];
    const response = await get("/backfill/days?from=2024-01-01&to=2024-01-31&site=building_a");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ count: 1, days: [DAY] });
    const selection = { from: "2024-01-01", to: "2024-01-31", site: "building_a" };
    expect(backfill.calls).toEqual([["days", selection, DAYS_MAX + 1]]);
  });

  it("is optional", async () => {
    const { get, backfill } = underTest();
    expect(await (await get("/backfill/days")).json()).toEqual({ count: 0, days: [] });
    expect(backfill.calls).toEqual([["days", {}, DAYS_MAX + 1]]);
  });

  it("of too many days for a response is rejected with the bound", async () => {
    const { get, backfill } = underTest();
    backfill.foundDays = Array(DAYS_MAX).fill(DAY);
    expect(await (await get("/backfill/days")).json()).toMatchObject({ count: DAYS_MAX });
    backfill.foundDays = Array(DAYS_MAX + 1).fill(DAY);
    const response = await get("/backfill/days");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "Validation failed",
      details: ["more than 4000 days match; narrow them by from, to or site"],
    });
  });

  it.each([
    ["from=2024-02-31", 'from: "2024-02-31" is not a real date of the form YYYY-MM-DD'],
    ["to=", 'to: "" is not a real date of the form YYYY-MM-DD'],
    ["from=2024-02-01&to=2024-01-01", "from must not be after to"],
    ["site=../../secrets", 'site: "../../secrets" is not a site name'],
    ["site=%2e%2e%2fx", 'site: "../x" is not a site name'],
    ["site=elsewhere", 'site: "elsewhere" is not configured; configured: ses_falls_city, building_a'],
    ["form=2024-01-01", 'unknown parameter "form"'],
    ["__proto__=1", 'unknown parameter "__proto__"'],
    ["site=building_a&site=ses_falls_city", "site is given more than once"],
    ["limit=5", 'unknown parameter "limit"'],
  ])("?%s is rejected", async (query, fault) => {
    const { get, backfill } = underTest();
    const response = await get(`/backfill/days?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "Validation failed", details: [fault] });
    expect(backfill.calls).toEqual([]);
  });
});

describe("GET /backfill/errors", () => {
  it("passes on selection and limit", async () => {
    const { get, backfill } = underTest();
    backfill.foundErrors = [ERROR];
    const response = await get("/backfill/errors?site=building_a&limit=1000");
    expect(await response.json()).toEqual({ count: 1, errors: [ERROR], sites_unavailable: [] });
    await get("/backfill/errors");
    expect(backfill.calls).toEqual([
      ["errors", { site: "building_a" }, 1000],
      ["errors", {}, 100],
    ]);
  });

  it.each(["0", "1001", "-1", "1e2", "5.5", "", "%205", "ten"])("rejects limit=%s", async (limit) => {
    const response = await underTest().get(`/backfill/errors?limit=${limit}`);
    expect(response.status).toBe(400);
    const text = `limit: "${decodeURIComponent(limit)}" is not a whole number from 1 to 1000`;
    expect(await response.json()).toMatchObject({ details: [text] });
  });
});

describe("POST /backfill/retry", () => {
  it("retries all failed days where no selection is sent", async () => {
    const { post, backfill } = underTest();
    backfill.retryOutcome = { kind: "retrying", backfill_id: ID, days: 3 };
    const response = await post("/backfill/retry");
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: "retrying", backfill_id: ID, days: 3 });
    expect(backfill.calls).toEqual([["retry", {}]]);
  });

  it("retries the selected days", async () => {
    const { post, backfill } = underTest();
    await post("/backfill/retry", { from: "2024-01-01", site: "building_a" });
    expect(backfill.calls).toEqual([["retry", { from: "2024-01-01", site: "building_a" }]]);
  });

  it("responds with 409 where nothing was started or nothing failed", async () => {
    const { post, backfill } = underTest();
    expect(await (await post("/backfill/retry")).json()).toEqual({
      error: "No backfill has been started yet",
    });
    backfill.retryOutcome = { kind: "nothing-failed" };
    const response = await post("/backfill/retry");
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: "The latest backfill has no failed site-days there to retry",
    });
  });

  it("validates the selection as the other routes do", async () => {
    const response = await underTest().post("/backfill/retry", { from: "2024-02-31", days: 1 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      details: ['from: "2024-02-31" is not a real date of the form YYYY-MM-DD', 'unknown field "days"'],
    });
  });
});

describe("audits", () => {
  it("are quick where no mode is sent", async () => {
    const { post, backfill } = underTest();
    const response = await post("/backfill/verify");
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      status: "started",
      mode: "quick",
      sites: ["ses_falls_city", "building_a"],
      message: "Audit started in background. Check GET /backfill/verify for its result.",
    });
    expect(backfill.calls).toEqual([["verify", { mode: "quick" }]]);
  });

  it("have the requested mode and days", async () => {
    const { post, backfill } = underTest();
    await post("/backfill/verify", { mode: "full", from: "2024-01-01", to: "2024-01-01" });
    expect(backfill.calls).toEqual([["verify", { mode: "full", from: "2024-01-01", to: "2024-01-01" }]]);
    await post("/backfill/verify", { sample_percent: 0.5 });
    expect(backfill.calls.at(-1)).toEqual(["verify", { mode: "quick", sample_percent: 0.5 }]);
    for (const [sample_percent, fault] of [
      [0, "sample_percent must be more than 0"],
      [100.1, "sample_percent must be at most 100"],
    ] as const) {
      const rejected = await post("/backfill/verify", { sample_percent });
      expect(await rejected.json()).toMatchObject({ details: [fault] });
    }
    const response = await post("/backfill/verify", { mode: "rebuild" });
    expect(await response.json()).toMatchObject({ details: ['mode must be one of "quick", "full"'] });
  });

  it.each(["/backfill/verify", "/backfill/rebuild"])(
    "conflict with a running backfill or audit: %s",
    async (path) => {
      const { post, backfill } = underTest();
      backfill.auditOutcome = { kind: "backfill-running" };
      const running = await post(path);
      expect(running.status).toBe(409);
      expect(await running.json()).toMatchObject({ error: "Backfill in progress" });
      backfill.auditOutcome = { kind: "audit-running" };
      const second = await post(path);
      expect(second.status).toBe(409);
      expect(await second.json()).toMatchObject({ error: "Audit already in progress" });
    },
  );

  it("rebuild the ledger of every site, never of a selection", async () => {
    const { post, backfill } = underTest();
    const response = await post("/backfill/rebuild");
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: "started", mode: "rebuild" });
    expect((await post("/backfill/rebuild", { site: "building_a" })).status).toBe(400);
    expect(backfill.calls).toEqual([["rebuild"]]);
  });

  it("are shown by GET /backfill/verify", async () => {
    const { get, backfill } = underTest();
    backfill.foundAudits = [AUDIT];
    expect(await (await get("/backfill/verify")).json()).toEqual({ audits: [AUDIT] });
  });
});

describe("due days", () => {
  const site = {
    ...{ site: "building_a", days_total: 1, days_published: 0, days_failed: 1 },
    ...{ current_date: null, phase: null, pages: 0, last_error: "404", halt_reason: null },
  };
  const day: DueDayEntry = {
    ...{ date: "2025-10-13", state: "failed" as const, fetched_at: null, records: null, sha256: null },
    ...{ failures: 2, error: "404", retry_at: "2025-10-14T13:00:00.000Z" },
    ...{ fetched_since: "2025-10-14T06:00:00.000Z", listed_at: "2025-10-14T06:02:00.000Z" },
  };

  it("are listed by site, with the sites that did not respond", async () => {
    const { get, backfill } = underTest();
    backfill.foundDue = {
      paused: false,
      sites: [{ ...site, days: [day] }],
      sites_unavailable: ["ses_falls_city"],
    };
    const response = await get("/backfill/due");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(backfill.foundDue);
  });

  it("are paused and resumed, and sites that were not reached are named", async () => {
    const { post, backfill } = underTest();
    backfill.unreached = ["building_a"];
    const paused = await post("/backfill/due/pause");
    expect(paused.status).toBe(200);
    expect(await paused.json()).toMatchObject({ status: "paused", sites_unreached: ["building_a"] });
    expect(await (await post("/backfill/due/resume")).json()).toMatchObject({ status: "running" });
    expect(backfill.calls).toEqual([
      ["pauseDue", true],
      ["pauseDue", false],
    ]);
  });

  it("need the token", async () => {
    const { request, backfill } = underTest();
    for (const [method, path] of [
      ["GET", "/backfill/due"],
      ["POST", "/backfill/due/pause"],
      ["POST", "/backfill/due/resume"],
    ] as const)
      expect((await request(path, { method })).status).toBe(401);
    expect(backfill.calls).toEqual([]);
  });

  it("are in the status also before any backfill, and nothing is where there are none", async () => {
    const { request, backfill } = underTest();
    const body = async () => (await request("/backfill/status")).json();
    expect(await body()).not.toHaveProperty("due");
    backfill.currentDue = { paused: false, sites: [site] };
    expect(await body()).toMatchObject({ status: "not_started", due: { paused: false, sites: [site] } });
  });
});
