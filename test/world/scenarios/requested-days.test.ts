import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteName } from "../../../src/domain/site.ts";
import { World } from "../harness/world.ts";

async function requestedDays(world: World, range: { from?: string; to?: string } = {}) {
  const selection = range as { from?: UtcDay; to?: UtcDay };
  const days = await world.ask((coordinator) => coordinator.days(selection, 100));
  return days.map(({ site, date, status, requested }) => `${site} ${date} ${status} ${requested}`);
}

test("a day that neither the latest backfill nor the ledger has is pending and was not requested", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  expect(await requestedDays(world, { from: "2024-01-01", to: "2024-01-01" })).toEqual([
    "site_a 2024-01-01 pending false",
    "site_b 2024-01-01 pending false",
  ]);
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  // Site b is told to stop, by a job that does not name it.
  await world.start("2024-01-03", "2024-01-04", { sites: ["site_a" as SiteName] });
  await world.cancel();
  await world.run();
  expect(await requestedDays(world, { from: "2024-01-02", to: "2024-01-05" })).toEqual([
    "site_a 2024-01-02 completed true",
    "site_a 2024-01-03 pending true",
    "site_a 2024-01-04 pending true",
    "site_a 2024-01-05 pending false",
    "site_b 2024-01-02 completed true",
    "site_b 2024-01-03 pending false",
    "site_b 2024-01-04 pending false",
    "site_b 2024-01-05 pending false",
  ]);
  expect(await requestedDays(world)).toHaveLength(6);
});

test("what is archived of a site is counted whatever the latest backfill, and so is what of it is beyond that", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  const sites = () => world.ask((coordinator) => coordinator.sites());
  expect(await sites()).toMatchObject([
    { site: "site_a", state: null, days_archived: 0, first_day: null, records: 0, bytes: 0 },
    { site: "site_b", state: null, days_archived: 0 },
  ]);
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  await world.start("2024-01-03", "2024-01-04", { sites: ["site_a" as SiteName] });
  await world.run();
  const objects = [...world.archive.days].filter(([key]) => key.endsWith("/site_a.parquet"));
  expect(await sites()).toMatchObject([
    {
      ...{ site: "site_a", state: "completed", days_archived: 4, days_outside: 2 },
      ...{ first_day: "2024-01-01", last_day: "2024-01-04" },
      bytes: objects.reduce((sum, [, { bytes }]) => sum + bytes.length, 0),
    },
    { site: "site_b", state: null, days_archived: 3, days_outside: 3 },
  ]);
});
