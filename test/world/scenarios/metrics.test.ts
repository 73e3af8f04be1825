import { expect, test } from "vitest";
import type { SiteTotals } from "../../../src/contract/metrics.ts";
import { World } from "../harness/world.ts";

const metricsOf = (world: World) => world.ask((coordinator) => coordinator.metrics());

test("a site's counters equal what the API and the bucket received", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  const pause = { do: "throttle", retryAfter: { form: "seconds", seconds: 5 } } as const;
  world.vendor.faults.add({ on: "samples", site: "site_a", times: 3, effect: pause });
  world.vendor.faults.add({
    on: "samples",
    site: "site_a",
    skip: 9,
    times: 2,
    effect: { do: "status", status: 503 },
  });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  const status = await world.status();
  expect(status.outcome).toBe("success");
  const { totals } = await metricsOf(world);
  for (const { site, records_processed } of status.sites) {
    const arrivals = world.vendor.arrivals.filter((arrival) => arrival.site === site);
    const objects = [...world.archive.days].filter(([key]) => key.endsWith(`/${site}.parquet`));
    expect(totals[site]).toEqual({
      samples: records_processed,
      bytes: objects.reduce((sum, [, object]) => sum + object.bytes.length, 0),
      requests: arrivals.length,
      retries: site === "site_a" ? 2 : 0,
      rateLimited: site === "site_a" ? 3 : 0,
    });
  }
});

test("no counter ever falls, through deaths, a cancel, a forced restart and another range", async () => {
  const world = new World();
  let before: SiteTotals = { samples: 0, bytes: 0, requests: 0, retries: 0, rateLimited: 0 };
  const look = async () => {
    const { totals } = await metricsOf(world);
    const now = totals.site_a ?? before;
    for (const [name, count] of Object.entries(before))
      expect(now[name as keyof SiteTotals], name).toBeGreaterThanOrEqual(count);
    before = now;
  };
  await world.start("2024-01-01", "2024-01-03");
  for (let deaths = 0; deaths < 20; deaths++) {
    await world.pass(300);
    await look();
    if (deaths % 2 === 0) world.site("site_a").kill();
    else world.coordinator.kill();
  }
  await world.cancel();
  await look();
  await world.start("2024-01-01", "2024-01-03", { force_restart: true });
  await look();
  await world.run();
  await look();
  const { samples } = before;
  await world.start("2024-02-01", "2024-02-01");
  await look();
  await world.run();
  await look();
  expect(before.samples).toBeGreaterThan(samples);
});

test("failed requests are counted too", async () => {
  const world = new World();
  world.vendor.faults.add({ on: "samples", effect: { do: "status", status: 400, body: "json" } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const { totals, permitsLastMinute } = await metricsOf(world);
  expect(totals.site_a).toMatchObject({ samples: 0, bytes: 0, requests: world.vendor.arrivals.length });
  expect(permitsLastMinute).toBe(world.vendor.arrivals.length);
});
