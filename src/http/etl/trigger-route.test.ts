import { expect, it } from "vitest";
import { ETL_KEY, etlUnderTest } from "../../../test/support/http/fake-etl.ts";
import { triggerAccepted } from "../../contract/etl.ts";

const AT = "2025-10-14T12:34:56.789Z";

it("begins a sync of every site, and says since when by each site's clock", async () => {
  const { post, etl } = etlUnderTest();
  etl.triggered = {
    kind: "started",
    sites: [{ site: "ses_falls_city", triggered_at: AT }],
    running: ["building_a"],
  };
  const response = await post("/trigger");
  expect(response.status).toBe(202);
  const body = await response.json();
  expect(body).toEqual({
    status: "started",
    sites: ["ses_falls_city"],
    sites_running: ["building_a"],
    triggered_at: { ses_falls_city: AT },
    message: "Sync started in background. Check GET /status for its end.",
  });
  expect(triggerAccepted.parse(body)).toEqual(body);
  expect(etl.calls).toEqual([["trigger", {}]]);
});

it("begins a sync of the site that is named, whatever the body is", async () => {
  const { post, etl } = etlUnderTest();
  expect((await post("/trigger?site=building_a", "site=x")).status).toBe(202);
  expect(etl.calls).toEqual([["trigger", { site: "building_a" }]]);
});

it("needs the token: without one 401, with another 403, and nothing begins", async () => {
  const { request, etl } = etlUnderTest();
  const statuses = await Promise.all(
    [undefined, "Bearer wrong", `Basic ${ETL_KEY}`, "Bearer ace-key"].map(async (Authorization) => {
      const headers = Authorization === undefined ? {} : { Authorization };
      return (await request("/trigger", { method: "POST", headers })).status;
    }),
  );
  expect(statuses).toEqual([401, 403, 401, 403]);
  expect(etl.calls).toEqual([]);
});

it("is a POST: a GET, which a browser may repeat, begins nothing", async () => {
  const { get, etl } = etlUnderTest();
  const response = await get("/trigger");
  expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
  expect(etl.calls).toEqual([]);
});

it("conflicts with a sync that is running, and names its sites", async () => {
  const { post, etl } = etlUnderTest();
  etl.triggered = { kind: "running", sites: ["ses_falls_city", "building_a"] };
  const response = await post("/trigger");
  expect(response.status).toBe(409);
  expect(await response.json()).toEqual({
    error: "Sync already in progress",
    details: ["ses_falls_city is in a sync", "building_a is in a sync"],
    hint: "Check GET /status for its end",
  });
});

it("says where no site responds, and when to try again", async () => {
  const { post, etl } = etlUnderTest();
  etl.triggered = { kind: "unavailable", sites: ["building_a"] };
  const response = await post("/trigger?site=building_a");
  expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "10"]);
  expect(await response.json()).toMatchObject({ details: ["building_a did not respond in time"] });
});

it.each([
  ["site=elsewhere", 'site: "elsewhere" is not configured; configured: ses_falls_city, building_a'],
  ["site=../x", 'site: "../x" is not a site name'],
  ["site=a&site=b", "site is given more than once"],
  ["sites=building_a", 'unknown parameter "sites"'],
])("rejects ?%s", async (query, fault) => {
  const { post, etl } = etlUnderTest();
  const response = await post(`/trigger?${query}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: "Validation failed", details: [fault] });
  expect(etl.calls).toEqual([]);
});
