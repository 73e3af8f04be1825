import { expect, it } from "vitest";
import { siteView } from "../../../test/support/dashboard-status.ts";
import { STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";
import type { RollupView } from "../../contract/backfill.ts";

const VIEW: RollupView = {
  state: "running",
  hourly: { periods: 3, days_held: 350, days_lacking: 16, days_skipped: 1, bytes: 5 },
  raw: { periods: 11, days_held: 335, days_lacking: 2, days_skipped: 0, bytes: 9 },
  ...{ current_period: "2024-Q4", last_error: "R2 fails" },
};

it("POST /backfill/rollups has roll-ups of a range made, and says how many of each site", async () => {
  const { post, backfill } = underTest();
  backfill.toMake = [
    { site: "building_a", periods: 2, days: 91 },
    { site: "ses_falls_city", periods: 0, days: 0 },
  ];
  const response = await post("/backfill/rollups", { from: "2024-01-01", site: "building_a" });
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject({ status: "started", sites: backfill.toMake });
  expect(backfill.calls).toEqual([["makeRollups", { from: "2024-01-01", site: "building_a" }]]);
  backfill.toMake = [{ site: "building_a", periods: 0, days: 0 }];
  const again = await post("/backfill/rollups");
  expect([again.status, await again.json()]).toEqual([202, expect.objectContaining({ status: "complete" })]);
});

it("a range that is reversed or of another site is refused, and so is a request without the key", async () => {
  const { post, request, backfill } = underTest();
  for (const body of [{ from: "2024-02-01", to: "2024-01-01" }, { site: "unknown" }, { mode: "full" }])
    expect((await post("/backfill/rollups", body)).status).toBe(400);
  expect((await request("/backfill/rollups", { method: "POST" })).status).toBe(401);
  expect((await request("/backfill/rollups")).status).toBe(401);
  expect(backfill.calls).toEqual([]);
});

it("GET /backfill/rollups shows those of every site; a site that does not respond is named", async () => {
  const { get, post, backfill } = underTest();
  backfill.foundRollups = [{ site: "building_a", ...VIEW, quarters: [], months: [] }];
  expect(await (await get("/backfill/rollups")).json()).toEqual({ sites: backfill.foundRollups });
  const unavailable = { kind: "site-unavailable", site: "building_a" } as const;
  backfill.foundRollups = unavailable;
  backfill.toMake = unavailable;
  for (const response of [await get("/backfill/rollups"), await post("/backfill/rollups")]) {
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: "Site building_a is unavailable" });
  }
});

it("the metrics have the roll-ups of each site of the job, and none of a Worker without them", async () => {
  const { get, backfill } = underTest();
  const sites = [siteView({ site: "building_a", rollups: VIEW }), siteView({ site: "old" })];
  backfill.measured = { ...backfill.measured, status: { ...STATUS, sites } };
  const lines = (await (await get("/metrics")).text())
    .split("\n")
    .filter((line) => /^backfill_rollup/.test(line));
  expect(lines).toEqual([
    'backfill_rollup_dates{site="building_a",resolution="1hr",status="held"} 350',
    'backfill_rollup_dates{site="building_a",resolution="1hr",status="lacking"} 16',
    'backfill_rollup_dates{site="building_a",resolution="1hr",status="skipped"} 1',
    'backfill_rollup_dates{site="building_a",resolution="raw",status="held"} 335',
    'backfill_rollup_dates{site="building_a",resolution="raw",status="lacking"} 2',
    'backfill_rollup_dates{site="building_a",resolution="raw",status="skipped"} 0',
    'backfill_rollup_periods{site="building_a",resolution="1hr"} 3',
    'backfill_rollup_periods{site="building_a",resolution="raw"} 11',
    'backfill_rollup_bytes{site="building_a",resolution="1hr"} 5',
    'backfill_rollup_bytes{site="building_a",resolution="raw"} 9',
    'backfill_rollup_failing{site="building_a"} 1',
  ]);
});
