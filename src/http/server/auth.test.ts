import { timingSafeEqual } from "hono/utils/buffer";
import { describe, expect, it } from "vitest";
import { bearer, ENV, KEY, underTest } from "../../../test/support/http/fake-backfill.ts";

const PROTECTED: readonly (readonly [string, string])[] = [
  ["POST", "/backfill/start"],
  ["POST", "/backfill/cancel"],
  ["GET", "/backfill/days"],
  ["GET", "/backfill/errors"],
  ["POST", "/backfill/retry"],
  ["POST", "/backfill/verify"],
  ["GET", "/backfill/verify"],
  ["POST", "/backfill/rebuild"],
  ["GET", "/backfill/events"],
];

describe("the token", () => {
  it.each(PROTECTED)("is required by %s %s, which does nothing without it", async (method, path) => {
    const { request, backfill } = underTest();
    const response = await request(path, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({ error: "Unauthorized" });
    const wrong = await request(path, { method, headers: bearer("wrong") });
    expect(wrong.status).toBe(403);
    expect(await wrong.json()).toMatchObject({ error: "Forbidden" });
    expect(backfill.calls).toEqual([]);
  });

  it.each(["/", "/backfill/status", "/openapi.json"])("is not required by GET %s", async (path) => {
    expect((await underTest().request(path)).status).toBe(200);
    expect((await underTest().request(path, { headers: bearer("wrong") })).status).toBe(200);
  });

  it.each([
    "Bearer",
    "Bearer ",
    `Bearer ${KEY} x`,
    KEY,
    `Basic ${KEY}`,
    `Bearer\t${KEY}`,
    `Bearer${KEY}`,
    "Bearer é",
  ])("in the header %j is not well-formed", async (header) => {
    const { request } = underTest();
    const response = await request("/backfill/days", { headers: { Authorization: header } });
    expect(response.status).toBe(401);
  });

  it("may follow the scheme in upper or lower case", async () => {
    const { request } = underTest();
    for (const scheme of ["bearer", "BEARER", "Bearer "]) {
      const response = await request("/backfill/days", { headers: { Authorization: `${scheme} ${KEY}` } });
      expect(response.status).toBe(200);
    }
  });

  it.each([KEY.slice(0, -1), `${KEY}x`, KEY.toUpperCase(), "undefined", "null"])(
    "%s is not the key",
    async (token) => {
      expect((await underTest().request("/backfill/days", { headers: bearer(token) })).status).toBe(403);
    },
  );

  it("is not read from the URL", async () => {
    const response = await underTest().request(`/backfill/days?token=${KEY}&access_token=${KEY}`);
    expect(response.status).toBe(401);
  });

  it("is equal only if every byte is", async () => {
    expect(await timingSafeEqual("abc", "abc")).toBe(true);
    for (const other of ["", "ab", "abd", "abcd"]) expect(await timingSafeEqual("abc", other)).toBe(false);
  });
});

describe("an unset secret", () => {
  it.each(["BACKFILL_API_KEY", "ACE_API_KEY"])("makes requests fail and is named: %s", async (name) => {
    for (const value of [undefined, "", " \n", 5]) {
      const { request, backfill } = underTest({ ...ENV, [name]: value });
      // Checked before the token: with an empty key, an empty token must not be accepted.
      for (const headers of [{}, bearer(), bearer("undefined")]) {
        const response = await request("/backfill/cancel", { method: "POST", headers });
        expect(response.status).toBe(500);
        expect(await response.json()).toEqual({
          error: "Configuration invalid",
          details: [expect.stringContaining(`${name} is not set`)],
        });
      }
      expect(backfill.calls).toEqual([]);
      expect((await request("/backfill/status")).status).toBe(200);
      expect(await (await request("/")).json()).toMatchObject({ configuration: "invalid" });
    }
  });

  it("that no header could carry is named but not shown", async () => {
    const response = await underTest({ ...ENV, BACKFILL_API_KEY: "two words" }).get("/backfill/days");
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain("BACKFILL_API_KEY");
    expect(text).not.toContain("two words");
  });

  it("is read without the newline that echo adds", async () => {
    const { get } = underTest({ ...ENV, BACKFILL_API_KEY: `${KEY}\n` });
    expect((await get("/backfill/days")).status).toBe(200);
  });
});
