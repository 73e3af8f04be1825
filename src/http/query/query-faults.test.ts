import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { queryPath, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import { verifyRequest } from "../../contract/backfill.ts";
import { problem } from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";
import { ListingTooLong } from "../../query/catalog/catalog.ts";
import { ObjectUnreadable, ObjectUnsettled } from "../../query/cold/cold.ts";
import { DayTooLarge } from "../../query/day-series.ts";
import { HotUnavailable } from "../../query/hot/hot.ts";

const WORKERS = join(import.meta.dirname, "../../../workers");
const KEY = objectKey("site_a" as SiteName, "2024-01-31" as UtcDay);
/** The message of a fault, which must not leave the Worker. */
const INSIDE = new Error("inside: s3cret at D1 host 10.0.0.7");

const FAULTS = [
  [new HotUnavailable(INSIDE), 503, "Hot storage unavailable"],
  [new HotUnavailable(new Error("D1_ERROR: no such table: days")), 503, "Hot storage has no tables"],
  [new ArchiveUnavailable(3, INSIDE), 503, "Archive unavailable"],
  [new ObjectUnsettled(KEY, 5), 503, "Object is being replaced"],
  [new ObjectUnreadable(KEY, INSIDE), 500, "Object unreadable"],
  [new ListingTooLong("timeseries/2024/01/"), 500, "Listing too long"],
] as const;

const PATHS = [
  queryPath(),
  "/timeseries/points?site_name=site_a&date=2024-01-31",
  "/timeseries/days?site_name=site_a&from=2024-01-31&to=2024-02-01",
  "/timeseries/latest?site_name=site_a&point_names=a",
];

async function answerTo(fault: unknown, path = queryPath()) {
  const { get, sources, logged } = queryUnderTest();
  sources.fault = fault;
  const response = await get(path);
  const text = await response.text();
  return { response, text, body: problem.strict().parse(JSON.parse(text)), logged };
}

it("more samples than fit into memory are the client's fault, and no error of the Worker", async () => {
  const { response, body, logged } = await answerTo(new DayTooLarge("2024-01-31" as UtcDay, 1_000_000));
  expect([response.status, body.error]).toEqual([400, "Too many samples in a day"]);
  expect(body.details).toEqual(["the requested points have more than 1000000 samples on 2024-01-31"]);
  expect(logged).toEqual([]);
});

describe.each(FAULTS)("%s", (fault, status, error) => {
  it.each(PATHS)(
    `is a ${status} of %s that names the fault with a hint, and is logged once`,
    async (path) => {
      const { response, body, text, logged } = await answerTo(fault, path);
      expect([response.status, body.error]).toEqual([status, error]);
      expect(body.hint).toBeTruthy();
      expect(response.headers.get("Retry-After")).toBe(status === 503 ? "10" : null);
      expect(text).not.toMatch(/inside|10\.0\.0\.7|\bat \w+ \(|\.ts:/);
      expect(logged).toEqual([
        {
          level: "ERROR",
          message: "Request failed",
          fields: expect.objectContaining({ path: path.split("?")[0], error: fault.message }),
        },
      ]);
    },
  );
});

it("every route that reads documents the statuses of faults", async () => {
  const { request } = queryUnderTest();
  const { paths } = (await (await request("/openapi.json")).json()) as {
    paths: Record<string, { get: { responses: object } }>;
  };
  for (const path of PATHS) {
    const documented = Object.keys(paths[path.split("?")[0] as string]?.get.responses ?? {});
    expect(documented).toEqual(expect.arrayContaining(["500", "503"]));
  }
});

it("a fault after the first rows closes the connection, and a fault before them is named", async () => {
  const { get, sources } = queryUnderTest();
  Object.assign(sources, { fault: FAULTS[2][0], faultLater: true });
  expect((await get(queryPath())).status).toBe(503);
  sources.sampleTimes = Array.from({ length: 5_000 }, (_, row) => Date.parse("2024-01-31T00:00:00Z") + row);
  const begun = await get(queryPath());
  expect(begun.status).toBe(200);
  await expect(begun.text()).rejects.toThrow();
});

it("a page of an allowed origin sees Retry-After", async () => {
  const { get, sources } = queryUnderTest();
  sources.fault = FAULTS[2][0];
  const { headers } = await get(queryPath(), { Origin: "https://app.example.com" });
  expect(headers.get("Access-Control-Expose-Headers")).toBe("Retry-After");
  expect((await get(queryPath(), { Origin: "https://evil.test" })).headers.keys()).not.toContain(
    "access-control-expose-headers",
  );
});

it("a hint on missing tables has the command that the configuration and the schema name", async () => {
  const { body } = await answerTo(FAULTS[1][0]);
  const command = /npx wrangler .*$/.exec(body.hint ?? "")?.[0];
  for (const file of ["wrangler-query.toml", "schema/d1-schema.sql"]) {
    expect(readFileSync(join(WORKERS, file), "utf8")).toContain(command);
  }
});

it("a damaged object is reported with its key and a request that the Backfill Worker accepts", async () => {
  const { body } = await answerTo(FAULTS[4][0]);
  expect(body.details).toEqual([KEY]);
  const sent = /POST \/backfill\/verify (\{.*\})$/.exec(body.hint ?? "")?.[1] ?? "";
  const request = { mode: "full", site: "site_a", from: "2024-01-31", to: "2024-01-31" };
  expect(verifyRequest.parse(JSON.parse(sent))).toEqual(request);
});

it("an unexpected fault is an internal error without details", async () => {
  for (const fault of [INSIDE, "a string", { status: 503 }]) {
    const { response, body, logged } = await answerTo(fault);
    expect([response.status, body]).toEqual([500, { error: "Internal error" }]);
    expect(logged).toHaveLength(1);
  }
});
