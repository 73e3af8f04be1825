import { describe, expect, it } from "vitest";
import { bearer, ENV, underTest } from "../../../test/support/http/fake-backfill.ts";

const ALLOWED = "https://app.example.com";
const STRANGERS = [
  "https://evil.example.com",
  "https://app.example.com.evil.com",
  "http://app.example.com",
  "https://app.example.com:8443",
  "https://APP.example.com",
  "null",
  "*",
  "",
];

function asksFirst(origin: string): RequestInit {
  return {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization, content-type",
    },
  };
}

describe("a preflight", () => {
  it("of an allowed origin gets methods and headers, without a token", async () => {
    const response = await underTest().request("/backfill/start", asksFirst(ALLOWED));
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ALLOWED);
    expect(response.headers.get("Access-Control-Allow-Methods")).toBe("GET, HEAD, POST, OPTIONS");
    expect(response.headers.get("Access-Control-Allow-Headers")).toBe(
      "Authorization, Content-Type, Range, If-Range, If-Match, If-None-Match",
    );
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(response.headers.get("Vary")).toBe("Origin");
  });

  it.each(STRANGERS)("of %j is rejected without any of these headers", async (origin) => {
    const response = await underTest().request("/backfill/start", asksFirst(origin));
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ error: "Origin not allowed" });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(response.headers.get("Vary")).toBe("Accept, Origin");
  });

  it("passes for an unknown path, so that a browser sees the 404", async () => {
    expect((await underTest().request("/nowhere", asksFirst(ALLOWED))).status).toBe(204);
  });

  it("is rejected where no origin is configured", async () => {
    const { request } = underTest({ ...ENV, ALLOWED_ORIGINS: "" });
    expect((await request("/backfill/start", asksFirst(ALLOWED))).status).toBe(403);
  });
});

describe("a response", () => {
  it.each([
    ["/backfill/status", 200],
    ["/backfill/days", 401],
    ["/nowhere", 404],
    ["/backfill/start", 405],
  ])("of %s (%i) can be read by each allowed origin", async (path, status) => {
    for (const origin of [ALLOWED, "https://admin.example.com"]) {
      const response = await underTest().request(path, { headers: { Origin: origin } });
      expect(response.status).toBe(status);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
      expect(response.headers.get("Vary")).toBe(status < 400 ? "Origin" : "Accept, Origin");
    }
  });

  it("to an event stream can be read too", async () => {
    const response = await underTest().request("/backfill/events", {
      headers: { ...bearer(), Origin: ALLOWED },
    });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ALLOWED);
    await response.body?.cancel();
  });

  it.each(STRANGERS)("to %j has no CORS headers", async (origin) => {
    const response = await underTest().request("/backfill/status", { headers: { Origin: origin } });
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(response.headers.get("Vary")).toBe("Origin");
  });

  it("varies with the origin even if no origin was sent", async () => {
    const response = await underTest().request("/backfill/status");
    expect(response.headers.get("Vary")).toBe("Origin");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
