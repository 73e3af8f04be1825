import { describe, expect, it } from "vitest";
import { bearer, ENV, STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";

describe("GET /", () => {
  it("names service, version and endpoints", async () => {
    const response = await underTest().request("/");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      service: "Building Vitals Backfill Worker",
      version: "1.0.0",
      configuration: "ok",
      endpoints: {
        start: "POST /backfill/start",
        status: "GET /backfill/status",
        cancel: "POST /backfill/cancel",
        sites: "GET /backfill/sites",
        days: "GET /backfill/days",
        errors: "GET /backfill/errors",
        retry: "POST /backfill/retry",
        verify: "POST /backfill/verify",
        audits: "GET /backfill/verify",
        rebuild: "POST /backfill/rebuild",
        rollups: "GET /backfill/rollups",
        makeRollups: "POST /backfill/rollups",
        due: "GET /backfill/due",
        duePause: "POST /backfill/due/pause",
        dueResume: "POST /backfill/due/resume",
        events: "GET /backfill/events",
        gate: "GET /backfill/gate",
        metrics: "GET /metrics",
        root: "GET /",
        openapi: "GET /openapi.json",
        docs: "GET /docs",
      },
    });
  });

  it("ignores parameters of a health check", async () => {
    expect((await underTest().request("/?probe=1")).status).toBe(200);
  });
});

describe("a configuration with faults", () => {
  const broken = { ...ENV, SITE_NAME: "", PAGE_SIZE: "777" };

  it("makes every route fail with all faults named", async () => {
    const { request, backfill } = underTest(broken);
    for (const [method, path] of [
      ["GET", "/backfill/status"],
      ["GET", "/openapi.json"],
      ["POST", "/backfill/start"],
      ["GET", "/backfill/events"],
    ] as const) {
      const response = await request(path, { method, headers: bearer() });
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        error: "Configuration invalid",
        details: [expect.stringContaining("SITE_NAME"), expect.stringContaining('PAGE_SIZE is "777"')],
      });
    }
    expect(backfill.calls).toEqual([]);
  });

  it("is shown by GET /, which still responds", async () => {
    const response = await underTest(broken).request("/");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ configuration: "invalid" });
  });

  it("leaves unknown routes unknown", async () => {
    expect((await underTest(broken).request("/nowhere")).status).toBe(404);
    expect((await underTest({}).request("/nowhere")).status).toBe(404);
  });
});

describe("routing", () => {
  it.each([
    "/nowhere",
    "/backfill",
    "/backfill/status/x",
    "//backfill/status",
    "/BACKFILL/STATUS",
    "/backfill/%2e%2e/x",
  ])("responds to %s with 404 and the list of endpoints", async (path) => {
    const response = await underTest().request(path);
    expect(response.status).toBe(404);
    const body = (await response.json()) as { error: string; endpoints: string[] };
    expect(body.error).toBe("Not found");
    expect(body.endpoints).toContain("POST /backfill/start");
  });

  it.each([
    ["GET", "/backfill/start", "POST, OPTIONS"],
    ["PUT", "/backfill/start", "POST, OPTIONS"],
    ["DELETE", "/backfill/status", "GET, HEAD, OPTIONS"],
    ["POST", "/backfill/status", "GET, HEAD, OPTIONS"],
    ["PATCH", "/backfill/verify", "POST, GET, HEAD, OPTIONS"],
    ["GET", "/backfill/cancel/", "POST, OPTIONS"],
    ["POST", "/", "GET, HEAD, OPTIONS"],
    ["POST", "/openapi.json", "GET, HEAD, OPTIONS"],
    ["HEAD", "/backfill/start", "POST, OPTIONS"],
    ["PROPFIND", "/backfill/days", "GET, HEAD, OPTIONS"],
  ])("responds to %s %s with 405 and Allow: %s", async (method, path, allow) => {
    const response = await underTest().request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
    if (method !== "HEAD") expect(await response.json()).toMatchObject({ error: "Method not allowed" });
  });

  it("responds to OPTIONS that is no preflight with 204 and Allow", async () => {
    const response = await underTest().request("/backfill/start", { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Allow")).toBe("POST, OPTIONS");
  });

  it("responds to HEAD as to GET without a body, events included", async () => {
    const { request } = underTest();
    for (const path of ["/", "/backfill/status", "/backfill/days", "/backfill/events"]) {
      const response = await request(path, { method: "HEAD", headers: bearer() });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
    }
    expect((await request("/backfill/days", { method: "HEAD" })).status).toBe(401);
  });

  it("treats a path with a slash at its end as the same, token included", async () => {
    const { request } = underTest();
    expect((await request("/backfill/status/")).status).toBe(200);
    expect((await request("/backfill/days/")).status).toBe(401);
    expect((await request("/backfill/days/", { headers: bearer() })).status).toBe(200);
    expect((await request("/backfill/cancel/", { method: "POST" })).status).toBe(401);
  });
});

describe("every response", () => {
  it.each(["/", "/backfill/status", "/backfill/days", "/nowhere", "/backfill/start"])(
    "is JSON, not sniffed and not stored: %s",
    async (path) => {
      const { headers } = await underTest().request(path);
      expect(headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Cache-Control")).toBe("no-store");
    },
  );

  it.each([
    ["an Error", new Error("secret inside")],
    ["something else", "secret inside"],
    ["null", null],
  ])("hides %s that was thrown, and logs it", async (_, fault) => {
    const { request, post, backfill, logged } = underTest();
    backfill.fault = fault;
    for (const response of [
      await request("/backfill/status"),
      await post("/backfill/cancel"),
      await request("/backfill/events", { headers: bearer() }),
    ]) {
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ error: "Internal error" });
      expect(response.headers.get("Vary")).toBe("Accept, Origin");
    }
    expect(logged.map(({ level, message }) => [level, message])).toEqual(
      Array(3).fill(["ERROR", "Request failed"]),
    );
    expect(logged[0]?.fields).toMatchObject({ method: "GET", path: "/backfill/status" });
  });
});

describe("GET /backfill/status", () => {
  it("says in the documented words that no backfill was started", async () => {
    const response = await underTest().request("/backfill/status");
    expect(await response.json()).toEqual({
      status: "not_started",
      message: "No backfill has been started yet",
    });
  });

  it("responds with the status as it is", async () => {
    const { request, backfill } = underTest();
    backfill.current = STATUS;
    expect(await (await request("/backfill/status")).json()).toEqual(STATUS);
  });

  it("rejects unknown parameters", async () => {
    const response = await underTest().request("/backfill/status?site=building_a");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ details: ['unknown parameter "site"'] });
  });
});
