import { describe, expect, it } from "vitest";
import { bearer, STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";

const RANGE = { start_date: "2024-01-01", end_date: "2024-12-31" };

async function detailsOf(body: unknown): Promise<string[]> {
  const { post, backfill } = underTest();
  const response = await post("/backfill/start", body);
  const answer = (await response.json()) as { error: string; details: string[] };
  expect([response.status, answer.error], JSON.stringify(answer)).toEqual([400, "Validation failed"]);
  expect(backfill.calls).toEqual([]);
  return answer.details;
}

describe("POST /backfill/start", () => {
  it("responds with 202 and the documented body", async () => {
    const { post, backfill } = underTest();
    const response = await post("/backfill/start", { ...RANGE, force_restart: false });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      status: "started",
      backfill_id: "backfill_1697234567890_abc123def",
      start_date: "2024-01-01",
      end_date: "2024-12-31",
      estimated_days: 366,
      estimated_site_days: 732,
      message: "Backfill started in background. Check /backfill/status for progress.",
    });
    expect(backfill.calls).toEqual([["start", { ...RANGE, force_restart: false, dry_run: false }]]);
  });

  it("says that a backfill was resumed", async () => {
    const { post, backfill } = underTest();
    if (backfill.startOutcome.kind === "conflict") throw new Error("the fake starts");
    backfill.startOutcome = { ...backfill.startOutcome, kind: "resumed" };
    const response = await post("/backfill/start", RANGE);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      status: "resumed",
      message: "Backfill resumed in background. Check /backfill/status for progress.",
    });
  });

  it("responds with 409, state and hint while a backfill is running", async () => {
    const { post, backfill } = underTest();
    backfill.startOutcome = { kind: "conflict", state: STATUS };
    const response = await post("/backfill/start", RANGE);
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: "Backfill already in progress",
      current_state: STATUS,
      hint: "Set force_restart=true to restart from beginning",
    });
  });

  it("responds to a dry run with the plan and starts nothing", async () => {
    const { post, backfill } = underTest();
    const response = await post("/backfill/start", { ...RANGE, dry_run: true });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "dry_run", days_to_fetch: 732 });
    expect(backfill.calls.map(([name]) => name)).toEqual(["plan"]);
  });

  it("treats the same sites in any order as the same set", async () => {
    const { post, backfill } = underTest();
    await post("/backfill/start", { ...RANGE, sites: ["building_a", "ses_falls_city"] });
    expect(backfill.calls[0]?.[1]).toMatchObject({ sites: ["ses_falls_city", "building_a"] });
  });

  it.each([
    ["a single day", "2024-05-05", "2024-05-05"],
    ["a leap year, both ends included", "2024-01-01", "2024-12-31"],
    ["end - start of 365", "2023-01-01", "2024-01-01"],
    ["yesterday", "2025-10-13", "2025-10-13"],
    ["the leap day", "2024-02-29", "2024-02-29"],
  ])("accepts %s", async (_, start_date, end_date) => {
    expect((await underTest().post("/backfill/start", { start_date, end_date })).status).toBe(202);
  });

  it("rejects a range that is reversed or too long in the documented words", async () => {
    expect(await detailsOf({ start_date: "2024-01-02", end_date: "2024-01-01" })).toEqual([
      "start_date must be before end_date",
    ]);
    expect(await detailsOf({ start_date: "2023-01-01", end_date: "2024-01-02" })).toEqual([
      "Date range cannot exceed 365 days",
    ]);
  });

  it.each(["2025-10-14", "2025-10-15"])("rejects the end %s, which is not over", async (end_date) => {
    expect(await detailsOf({ start_date: "2025-10-01", end_date })).toEqual([
      "end_date must be before today (2025-10-14 UTC): a day can be archived once it is over",
    ]);
  });

  it.each([
    "2024-02-31",
    "2023-02-29",
    "2024-13-01",
    "2024-1-1",
    "2024-01-01T00:00:00Z",
    " 2024-01-01",
    "01/02/2024",
    "",
    "+010000-01-01",
    "٢٠٢٤-٠١-٠١",
  ])("rejects the date %j", async (start_date) => {
    expect(await detailsOf({ ...RANGE, start_date })).toEqual([
      `start_date: "${start_date}" is not a real date of the form YYYY-MM-DD`,
    ]);
  });

  it("rejects dates, flags and sites of the wrong type by name", async () => {
    const details = await detailsOf({
      start_date: 20240101,
      force_restart: "true",
      dry_run: 1,
      sites: "ses_falls_city",
    });
    expect(details).toEqual([
      "start_date must be a string",
      "end_date is required",
      "force_restart must be a boolean",
      "sites must be an array",
      "dry_run must be a boolean",
    ]);
    expect(await detailsOf({ ...RANGE, start_date: null })).toEqual(["start_date must be a string"]);
    expect(await detailsOf({ ...RANGE, sites: [["a"]] })).toEqual(["sites[0] must be a string"]);
  });

  it("names every fault at once", async () => {
    const details = await detailsOf({
      start_date: "2025-12-31",
      end_date: "2025-12-01",
      stop: 1,
      sites: ["elsewhere", "elsewhere"],
    });
    expect(details).toEqual([
      'unknown field "stop"',
      "start_date must be before end_date",
      "end_date must be before today (2025-10-14 UTC): a day can be archived once it is over",
      'sites: "elsewhere" is listed more than once',
      'sites: "elsewhere" is not configured; configured: ses_falls_city, building_a',
    ]);
  });

  it("rejects unknown fields by name, also names of prototype members", async () => {
    const details = await detailsOf(
      '{"start_date":"2024-01-01","end_date":"2024-01-02","__proto__":{"force_restart":true},"constructor":1,"Force_restart":true}',
    );
    expect(details).toEqual([
      'unknown field "__proto__"',
      'unknown field "constructor"',
      'unknown field "Force_restart"',
    ]);
  });

  it.each(["../../etc", "a/b", "a.b", "..", "%2e%2e", "a\u0000", "", "x".repeat(101)])(
    "rejects the site name %j",
    async (site) => {
      const details = await detailsOf({ ...RANGE, sites: [site] });
      expect(details).toHaveLength(1);
      expect(details[0]).toContain("is not a site name");
    },
  );

  it("rejects an empty list of sites, and the same site twice", async () => {
    expect(await detailsOf({ ...RANGE, sites: [] })).toEqual(["sites must have at least 1 item"]);
    expect(await detailsOf({ ...RANGE, sites: ["building_a", "building_a"] })).toEqual([
      'sites: "building_a" is listed more than once',
    ]);
  });

  it("names twenty faults and counts the others", async () => {
    const sites = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const details = await detailsOf({ ...RANGE, sites });
    expect(details).toHaveLength(21);
    expect(details[20]).toBe("and 80 more");
  });

  it("rejects too many sites by their number only", async () => {
    const sites = Array.from({ length: 5000 }, (_, index) => `s${index}`);
    expect(await detailsOf({ ...RANGE, sites })).toEqual(["sites must have at most 100 items"]);
  });

  it("rejects days before 1970, whose microseconds are not exact", async () => {
    expect(await detailsOf({ start_date: "1969-12-31", end_date: "1970-01-01" })).toEqual([
      "start_date must not be before 1970-01-01",
    ]);
    expect(await detailsOf({ start_date: "0000-01-01", end_date: "0000-01-01" })).toEqual([
      "start_date must not be before 1970-01-01",
    ]);
    expect(
      (await underTest().post("/backfill/start", { start_date: "1970-01-01", end_date: "1970-01-01" }))
        .status,
    ).toBe(202);
  });

  it("does not echo a long name in full", async () => {
    const long = "k".repeat(30_000);
    const text = (await detailsOf({ ...RANGE, [long]: 1, sites: [long] })).join();
    expect(text.length).toBeLessThan(300);
  });

  it("is rejected with unknown query parameters", async () => {
    const { request } = underTest();
    const response = await request("/backfill/start?force_restart=true", {
      method: "POST",
      headers: bearer(),
      body: JSON.stringify(RANGE),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ details: ['unknown parameter "force_restart"'] });
  });
});
