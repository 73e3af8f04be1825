import { expect, test } from "vitest";
import {
  contentOf,
  ledgerOf,
  rowsOf,
  servedRows,
  stagedRows,
  storedRows,
  viewLags,
} from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";

const TWO = ["site_a", "site_b"];
const DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"];
const keyOf = (site: string, date: string) => `timeseries/${date.replaceAll("-", "/")}/${site}.parquet`;

test("two sites and three days have exactly the vendor's rows", async () => {
  const world = new World({ sites: TWO });
  expect(await world.start("2024-01-01", "2024-01-03")).toMatchObject({
    kind: "started",
    estimated_site_days: 6,
  });
  await world.run();
  expect(await world.status()).toMatchObject({
    status: "completed",
    outcome: "success",
    days_completed: 6,
    days_total: 6,
    progress_percent: "100.00",
    failed_days: [],
  });
  for (const site of TWO) {
    for (const date of DAYS) {
      expect(await storedRows(world, keyOf(site, date))).toEqual(servedRows(world, site, date));
    }
  }
  expect(stagedRows(world)).toBe(0);
  // Roll-ups have used more memory since the job has ended, which KV shows once somebody has asked.
  await world.run();
  expect(viewLags(world)).toEqual([]);
  expect(world.logs.filter((line) => line.level !== "INFO")).toEqual([]);
  const peaks = (await world.status()).sites.map((site) => site.pipeline_bytes_peak);
  expect(peaks.filter((bytes) => Number.isInteger(bytes) && bytes > 0)).toHaveLength(TWO.length);
});

test("files do not depend on the page size, with more samples under one timestamp than pages hold", async () => {
  const contents = [];
  for (const pageSize of [3, 50, 1_000]) {
    const world = new World({
      sites: TWO,
      seed: pageSize,
      config: { pageSize, requestsPerMinute: 60_000, rowGroupSize: 500 },
      vendor: { pointsPerSite: 1_100, samplesPerDay: 1_100, oddShare: 0.01, duplicateShare: 0 },
    });
    await world.start("2024-01-01", "2024-01-01");
    await world.run();
    expect((await world.status()).outcome).toBe("success");
    contents.push(contentOf(world));
  }
  expect(Object.keys(contents[0] ?? {})).toHaveLength(2);
  expect(contents[1]).toEqual(contents[0]);
  expect(contents[2]).toEqual(contents[0]);
}, 60_000);

test.each(["ok", "not-found"] as const)(
  "a day without a sample is empty when the vendor says %s",
  async (empty) => {
    const world = new World({ vendor: { empty, emptyDays: ["2024-01-02"] } });
    await world.start("2024-01-01", "2024-01-02");
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 2 });
    expect(ledgerOf(world)[1]).toBe("site_a 2024-01-02 empty 0 -");
    expect(await storedRows(world, keyOf("site_a", "2024-01-02"))).toEqual([]);
    expect(world.view.json("backfill:day:2024-01-02:site_a")).toMatchObject({ status: "empty", records: 0 });
  },
);

test("a day whose samples are all rejected is completed without records and counts the rejections", async () => {
  const world = new World({ vendor: { oddShare: 1, samplesPerDay: 12, pointsPerSite: 4, unconfigured: 4 } });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect(ledgerOf(world)).toEqual(["site_a 2024-01-01 completed 0 -"]);
  expect((await world.status()).outcome).toBe("success");
  expect(world.logs.map((line) => line.message)).toContain(
    "[BACKFILL] Day 2024-01-01 has 12 samples, and none could be kept",
  );
});

test("a range that earlier backfills completed is not fetched again", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const asked = world.vendor.arrivals.length;
  expect((await world.start("2024-01-01", "2024-01-02")).kind).toBe("resumed");
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "success" });
  expect(world.vendor.arrivals).toHaveLength(asked);
  expect((await world.start("2024-01-02", "2024-01-03")).kind).toBe("started");
  await world.run();
  expect(await world.status()).toMatchObject({ days_completed: 2, sites: [{ days_skipped: 1 }] });
  const days = world.vendor.arrivals.slice(asked).filter((arrival) => arrival.kind === "samples");
  expect(new Set(days.map((arrival) => arrival.day))).toEqual(new Set(["2024-01-03"]));
});

test("a plan sends no request and estimates from the pages in the ledger", async () => {
  const world = new World({ config: { pageSize: 50_000 } });
  const plan = () =>
    world.ask((coordinator) =>
      coordinator.plan({
        start_date: day("2024-01-01"),
        end_date: day("2024-01-04"),
        force_restart: false,
        dry_run: true,
      }),
    );
  expect(await plan()).toMatchObject({
    days_to_fetch: 4,
    days_to_skip: 0,
    estimated_requests: 301,
    sites: [{ basis: "assumed 3,741,234 samples a day", pages_per_day: 75 }],
  });
  expect(world.vendor.arrivals).toEqual([]);
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const asked = world.vendor.arrivals.length;
  expect(await plan()).toMatchObject({ days_to_fetch: 2, days_to_skip: 2, sites: [{ basis: "ledger" }] });
  expect(world.vendor.arrivals).toHaveLength(asked);
});

test("a day with a row in no count is never completed", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-02");
  const merging = () => rowsOf(world.site("site_a"), "SELECT 1 FROM staging WHERE phase = 'merging'").length;
  await world.run(() => merging() === 1);
  // A sample that was fetched and is in no block.
  world.site("site_a").db.tx((sql) => {
    const more = "json_set(transport, '$.fetched', json_extract(transport, '$.fetched') + 1)";
    sql.run(`UPDATE staging SET transport = ${more} WHERE phase = 'merging'`);
  });
  await world.run();
  const status = await world.status();
  expect(status).toMatchObject({ outcome: "partial", days_failed: 1, days_completed: 1 });
  expect(status.sites[0]?.last_error).toContain("accounted for");
  expect(world.archive.days.size).toBe(1);
});
