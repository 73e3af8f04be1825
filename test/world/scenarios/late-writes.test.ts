import { expect, test } from "vitest";
import { contentOf, rowsOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const KEY = "timeseries/2024/01/01/site_a.parquet";
const HOUR = 3_600_000;

test("an upload that lands after its day was fetched again is replaced by the newer data", async () => {
  for (const lateMs of [300, 30_000, 130_000, HOUR]) {
    const world = new World();
    world.archive.late.next(/archive\.publish timeseries/, lateMs);
    await world.start("2024-01-01", "2024-01-01");
    await world.run(() => world.effects.labels.some((label) => label.includes("archive.publish timeseries")));
    world.vendor.relist("site_a", (listed) => listed.slice(1));
    await world.start("2024-01-01", "2024-01-01", { force_restart: true });
    await world.run();
    const status = await world.status();
    expect(status).toMatchObject({ outcome: "success", days_completed: 1 });
    await world.pass(2 * HOUR);
    // A put that was abandoned finds another object than it was to replace.
    expect(world.archive.changed, `${lateMs} ms late`).toBe(lateMs > 100_000 ? 1 : 0);
    const object = world.archive.objects.get(KEY);
    expect(object?.metadata.backfill_id, `${lateMs} ms late`).toBe(status.backfill_id);
    const [known] = rowsOf<{ published: string }>(world.site("site_a"), "SELECT published FROM day");
    expect(JSON.parse(known?.published ?? "")).toMatchObject({ etag: object?.etag, sha256: object?.sha256 });
  }
});

test("two uploads of a key within a second are one refusal and one retry", async () => {
  const world = new World({
    config: { requestsPerMinute: 60_000, pageSize: 5_000 },
    latencyMsMax: 1,
    vendor: { samplesPerDay: 24, pointsPerSite: 5, silent: 0, unconfigured: 0 },
  });
  await world.start("2024-01-01", "2024-01-01");
  await world.run(() => world.archive.objects.has(KEY));
  world.vendor.relist("site_a", (listed) => listed.slice(1));
  await world.start("2024-01-01", "2024-01-01", { force_restart: true });
  await world.run();
  expect(world.limits.r2.refused).toBe(1);
  const status = await world.status();
  expect(status).toMatchObject({ outcome: "success", days_failed: 0 });
  expect(world.archive.objects.get(KEY)?.metadata.backfill_id).toBe(status.backfill_id);
});

test("when R2 fails for an hour, days fail and keep their files; a retry uploads these without a request to the vendor", async () => {
  const world = new World({ sites: ["site_a", "site_b"], config: { requestsPerMinute: 60 } });
  await world.start("2024-01-01", "2024-01-02");
  world.effects.break({ on: /archive\./, mode: "fail before", times: 10_000 });
  await world.pass(HOUR);
  expect(await world.status()).toMatchObject({ outcome: "partial", days_failed: 4, days_completed: 0 });
  world.effects.restore();
  const asked = world.vendor.arrivals.length;
  await world.ask((coordinator) => coordinator.retry({ from: undefined, to: undefined, site: undefined }));
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4 });
  expect(world.vendor.arrivals.slice(asked).filter((one) => one.kind === "samples")).toEqual([]);
  await world.run();
  expect([stagedRows(world), viewLags(world)]).toEqual([0, []]);
});

test("a HEAD that misses an existing object costs attempts, but neither a day nor an object", async () => {
  for (const blind of [1, 2, 3]) {
    const world = new World();
    await world.start("2024-01-01", "2024-01-01");
    await world.run();
    const content = contentOf(world);
    world.archive.blindHeads = blind;
    await world.start("2024-01-01", "2024-01-01", { force_restart: true });
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
    expect(contentOf(world)).toEqual(content);
  }
});

test("a listing with empty pages is read to its end", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-05");
  await world.run();
  world.archive.emptyPages = true;
  await world.ask((coordinator) => coordinator.rebuild());
  await world.run();
  const [audit] = await world.ask((coordinator) => coordinator.audits());
  expect(audit).toMatchObject({ state: "completed", days_checked: 5, problems_total: 0 });
});

test("a put in KV that lands minutes after later puts is replaced, for state and days", async () => {
  for (const lateMs of [5_000, 130_000, 800_000]) {
    const world = new World();
    world.view.late.next(/view\.put backfill:state/, lateMs);
    world.view.late.next(/view\.put backfill:day/, lateMs);
    await world.start("2024-01-01", "2024-01-02");
    await world.run();
    await world.status();
    await world.run();
    expect(viewLags(world), `${lateMs} ms late`).toEqual([]);
    expect(world.view.json("backfill:state")).toMatchObject({ status: "completed", days_completed: 2 });
  }
});

test("a reader of KV that is a minute old can tell its age, and sees the end a minute late", async () => {
  const world = new World({ config: { requestsPerMinute: 10 } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const states = world.view.puts
    .filter((put) => put.key === "backfill:state")
    .map(({ at, value }) => ({ at, ...(JSON.parse(value) as { last_updated: string; status: string }) }));
  const staleAt = (now: number) => states.findLast((state) => state.at <= now - 60_000);
  for (const { at, last_updated } of states) {
    const stale = staleAt(at);
    if (stale) expect(stale.last_updated <= last_updated).toBe(true);
    expect(Date.parse(last_updated)).toBeLessThanOrEqual(at);
  }
  expect(states.length).toBeGreaterThan(5);
  expect(staleAt(world.scheduler.now + 60_000)?.status).toBe("completed");
});
