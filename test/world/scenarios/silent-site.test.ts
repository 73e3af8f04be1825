import { expect, test } from "vitest";
import { parseExposition } from "../../support/http/parse-exposition.ts";
import { expectDocumented } from "../harness/documented.ts";
import { openHttp, TOKEN } from "../harness/http.ts";

const RANGE = { start_date: "2024-01-01", end_date: "2024-01-02" };

async function withSilentSite() {
  const { world, fetch } = openHttp();
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const response = await fetch(new Request(`https://worker.test${path}`, { ...init, headers }));
    const { pathname } = new URL(path, "https://worker.test");
    const text = await expectDocumented({ method, path: pathname, origin: null, preflight: false }, response);
    return { status: response.status, headers: response.headers, text };
  };
  await call("POST", "/backfill/start", RANGE);
  await world.run();
  world.effects.break({ on: /^coordinator site_a\./, mode: "hang", times: Number.POSITIVE_INFINITY });
  return { world, call };
}

test.each([
  ["GET", "/backfill/days", undefined],
  ["GET", "/backfill/verify", undefined],
  ["POST", "/backfill/verify", undefined],
  ["POST", "/backfill/rebuild", undefined],
  ["POST", "/backfill/start", { ...RANGE, dry_run: true }],
] as const)(
  "%s %s, which a silent site would make wrong, names it and says when to ask again",
  async (method, path, body) => {
    const { call } = await withSilentSite();
    const { status, headers, text } = await call(method, path, body);
    expect(status).toBe(503);
    expect(headers.get("Retry-After")).toBe("30");
    expect(JSON.parse(text)).toMatchObject({ error: "Site site_a is unavailable" });
  },
);

test("status, metrics, errors and the other site's days need no response of an unavailable site", async () => {
  const { world, call } = await withSilentSite();
  await world.pass(30_000);
  const status = await call("GET", "/backfill/status");
  expect(JSON.parse(status.text)).toMatchObject({ days_completed: 4, sites_unreachable: ["site_a"] });
  const families = parseExposition((await call("GET", "/metrics")).text);
  expect(families.get("backfill_site_reachable")?.samples.map(({ value }) => value)).toEqual([0, 1]);
  expect(families.get("backfill_samples_written_total")?.samples).toHaveLength(2);
  expect((await call("GET", "/backfill/errors")).status).toBe(200);
  const days = await call("GET", "/backfill/days?site=site_b");
  expect(JSON.parse(days.text)).toMatchObject({ count: 2 });
});
