import { describe, expect, it } from "vitest";
import { SYNC_NOW } from "../../../test/support/http/etl-views.ts";
import { ETL_ENV, ETL_KEY, etlUnderTest } from "../../../test/support/http/fake-etl.ts";
import { stats, syncHealth, syncStatus, unhealthy } from "../../contract/etl.ts";

const PUBLIC = ["/status", "/stats", "/health"];
const PROTECTED = ["/gate", "/metrics"];
const CREATE_TABLES =
  "npx wrangler d1 migrations apply ace-timeseries-hot -c workers/wrangler-etl.toml --env production --remote";

describe("GET /", () => {
  it("names service, version and endpoints", async () => {
    expect(await (await etlUnderTest().request("/")).json()).toEqual({
      service: "Building Vitals ETL Sync Worker",
      version: "1.0.0",
      configuration: "ok",
      endpoints: {
        health: "GET /health",
        status: "GET /status",
        stats: "GET /stats",
        trigger: "POST /trigger",
        gate: "GET /gate",
        metrics: "GET /metrics",
        root: "GET /",
        openapi: "GET /openapi.json",
        docs: "GET /docs",
      },
    });
  });
});

describe("the token", () => {
  it.each(PROTECTED)("is required by %s, which reads nothing without it", async (path) => {
    const { request, etl, get } = etlUnderTest();
    const none = await request(path);
    expect([none.status, none.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    expect(await none.json()).toMatchObject({ hint: expect.stringContaining("ETL_API_KEY") });
    for (const token of ["wrong", `${ETL_KEY}x`, "ace-key", "undefined"]) {
      const wrong = await request(path, { headers: { Authorization: `Bearer ${token}` } });
      expect(wrong.status).toBe(403);
    }
    expect(etl.calls).toEqual([]);
    expect((await get(path)).status).toBe(200);
  });

  it.each(PUBLIC)("is not required by %s", async (path) => {
    expect((await etlUnderTest().request(path)).status).toBe(200);
  });

  it("that is unset makes trigger and health fail, and leaves the status", async () => {
    const { request } = etlUnderTest({ ...ETL_ENV, ETL_API_KEY: " " });
    for (const [method, path] of [
      ["POST", "/trigger"],
      ["GET", "/health"],
      ["GET", "/metrics"],
    ] as const) {
      const response = await request(path, { method });
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({
        error: "Configuration invalid",
        details: [expect.stringContaining("ETL_API_KEY is not set")],
      });
    }
    expect((await request("/status")).status).toBe(200);
  });
});

describe("a configuration with faults", () => {
  it("makes every route fail with all faults named, and shows no key", async () => {
    const { request, get, etl } = etlUnderTest({ ...ETL_ENV, SITE_NAME: "", HOT_DAYS: ETL_KEY });
    for (const path of [...PUBLIC, ...PROTECTED, "/openapi.json"]) {
      const response = await get(path);
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({
        error: "Configuration invalid",
        details: [
          expect.stringContaining("SITE_NAME is not set"),
          expect.stringContaining('HOT_DAYS is "***"'),
        ],
      });
    }
    expect(await (await request("/")).json()).toMatchObject({ configuration: "invalid" });
    expect(etl.calls).toEqual([]);
  });
});

describe("origins", () => {
  it("that are allowed read the status, others are not named, and preflights need no token", async () => {
    const { request } = etlUnderTest();
    const from = (Origin: string) => request("/status", { headers: { Origin } });
    const allowed = await from("https://app.example.com");
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example.com");
    expect((await from("https://evil.test")).headers.get("Access-Control-Allow-Origin")).toBeNull();
    const preflight = await request("/trigger", {
      method: "OPTIONS",
      headers: { Origin: "https://app.example.com", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
  });
});

describe("GET /status", () => {
  it("responds with the status as it is, by its schema", async () => {
    const { request, etl } = etlUnderTest();
    const body = await (await request("/status")).json();
    expect(body).toEqual(etl.current);
    expect(syncStatus.parse(body)).toEqual(body);
    expect((await request("/status?site=building_a")).status).toBe(400);
  });
});

describe("GET /health", () => {
  it("has what the earlier Worker's monitors look at: status, database and timestamp", async () => {
    const body = await (await etlUnderTest().request("/health?probe=1")).json();
    expect(body).toEqual({
      status: "ok",
      database: "connected",
      timestamp: new Date(SYNC_NOW).toISOString(),
      service: "Building Vitals ETL Sync Worker",
      version: "1.0.0",
    });
    expect(syncHealth.parse(body)).toEqual(body);
  });

  it("is a 503 that names the command where D1 has no tables", async () => {
    const { request, etl } = etlUnderTest();
    etl.database = { kind: "tables-missing", message: "no such table: sites" };
    const response = await request("/health");
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "10"]);
    const body = await response.json();
    expect(body).toEqual({
      error: "Hot storage has no tables",
      hint: `Create them: ${CREATE_TABLES}`,
      status: "error",
      database: "no_tables",
      timestamp: new Date(SYNC_NOW).toISOString(),
    });
    expect(unhealthy.parse(body)).toEqual(body);
  });

  it("is a 503 without D1's own message where D1 can't be read", async () => {
    const { request, etl } = etlUnderTest();
    etl.database = { kind: "unavailable", message: "D1_ERROR: internal detail" };
    const response = await request("/health");
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: "error", database: "unavailable" });
    expect(text).not.toContain("internal detail");
  });
});

describe("GET /stats", () => {
  it("responds with what is stored, by its schema", async () => {
    const { request, etl } = etlUnderTest();
    const body = await (await request("/stats")).json();
    expect(body).toEqual(etl.stored);
    expect(stats.parse(body)).toEqual(body);
  });

  it("is a 503 that names the command where D1 has no tables, also as a problem", async () => {
    const { request, etl } = etlUnderTest();
    etl.stored = { kind: "tables-missing", message: "no such table: sites" };
    const response = await request("/stats", { headers: { Accept: "application/problem+json" } });
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({
      detail: "Hot storage has no tables",
      hint: `Create them: ${CREATE_TABLES}`,
    });
  });
});

describe("GET /gate", () => {
  it("names the gate, so that two Workers can be compared, and nothing of the key", async () => {
    const { get, etl } = etlUnderTest();
    const text = await (await get("/gate")).text();
    expect(JSON.parse(text)).toEqual(etl.ownGate);
    expect(text).not.toContain("ace-key");
  });
});

it("an unexpected fault is hidden and logged", async () => {
  const { request, get, post, etl, logged } = etlUnderTest();
  etl.fault = new Error("secret inside");
  for (const response of [
    ...(await Promise.all(PUBLIC.map((path) => request(path)))),
    ...(await Promise.all(PROTECTED.map((path) => get(path)))),
    await post("/trigger"),
  ]) {
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "Internal error" });
  }
  expect(logged.map(({ message }) => message)).toEqual(Array(6).fill("Request failed"));
});
