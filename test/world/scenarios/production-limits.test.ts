import { expect, test } from "vitest";
import type { Archive, Vendor } from "../../../src/backfill/ports.ts";
import type { ObjectKey } from "../../../src/domain/layout.ts";
import { file } from "../../conformance/archive.ts";
import { Chance } from "../harness/chance.ts";
import { Incarnation } from "../harness/incarnation.ts";
import { ProductionLimits, WriteRate } from "../harness/production-limits.ts";
import { Scheduler } from "../harness/scheduler.ts";
import { SqliteDatabase } from "../harness/sqlite-store.ts";
import { World } from "../harness/world.ts";

const KEY = "timeseries/2024/01/01/site_a.parquet" as ObjectKey;
const incarnation = (name: string) => new Incarnation(name, () => undefined);
const never = () => new Promise<never>(() => undefined);
const silent: Vendor = { get: never, redact: (text) => text };
const taking = { publish: async () => "published" } as unknown as Archive;

function setup() {
  const scheduler = new Scheduler(Date.UTC(2024, 0, 1), new Chance(1));
  return { scheduler, limits: new ProductionLimits(scheduler) };
}

test("a seventh request that waits for its headers is refused, and each object may have six", async () => {
  const { limits } = setup();
  const [a, b] = [limits.vendor(incarnation("a"), silent), limits.vendor(incarnation("b"), silent)];
  const { signal } = new AbortController();
  for (let count = 0; count < 6; count++) {
    void a.get("", signal);
    void b.get("", signal);
  }
  expect(() => limits.check()).not.toThrow();
  await expect(a.get("", signal)).rejects.toThrow("begins vendor.get beside");
  expect(() => limits.check()).toThrow("a production limit is exceeded");
});

test("the platform ends a request that hangs for a minute", () => {
  const { limits, scheduler } = setup();
  const vendor = limits.vendor(incarnation("a"), silent);
  const { signal } = new AbortController();
  for (let count = 0; count < 6; count++) void vendor.get("", signal);
  scheduler.leap(60_001);
  void vendor.get("", signal);
  expect(() => limits.check()).not.toThrow();
});

test("a key of KV that is put again within a second is refused, also by another incarnation", async () => {
  const { limits, scheduler } = setup();
  const view = () => limits.view(incarnation("a"), { put: async () => undefined });
  await view().put("k", "1", undefined);
  await view().put("other", "1", undefined);
  scheduler.leap(999);
  await expect(view().put("k", "2", undefined)).rejects.toThrow("k is put again after 999 ms");
  scheduler.leap(1_000);
  await view().put("k", "3", undefined);
  expect(limits.breaches).toHaveLength(1);
});

test("metadata beyond 8,192 bytes is refused, counted in UTF-8 with its names", async () => {
  const { limits } = setup();
  const archive = limits.archive(incarnation("a"), taking);
  const metadata = (bytes: number) => file("content", { metadata: { note: "é".repeat((bytes - 4) / 2) } });
  expect(await archive.publish(KEY, metadata(8_192), "absent")).toBe("published");
  await expect(archive.publish(KEY, metadata(8_194), "absent")).rejects.toThrow("8194 bytes of metadata");
});

test("a second write of a key within a second is refused on arrival", () => {
  const rate = new WriteRate();
  rate.admit("R2", "a", 5_000);
  rate.admit("R2", "b", 5_000);
  expect(() => rate.admit("R2", "a", 5_999)).toThrow("R2: 429");
  rate.admit("R2", "a", 6_000);
  expect(rate.refused).toBe(1);
});

test("a row over 2 MB is refused, also if each of its values is smaller", () => {
  const db = new SqliteDatabase();
  const insert = (bytes: number) =>
    db.tx((sql) => sql.run("INSERT INTO t VALUES (?, ?)", new Uint8Array(1_000_000), new Uint8Array(bytes)));
  db.tx((sql) => sql.run("CREATE TABLE t (a, b)"));
  insert(990_000);
  expect(() => insert(1_000_000)).toThrow("too big");
});

test("five slow requests, an upload, a view and an audit keep to six connections", async () => {
  const world = new World({ config: { requestsPerMinute: 3_000 }, vendor: { latency: { ms: 800 } } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  world.archive.latencyMs = 400;
  world.view.latencyMs = 700;
  await world.start("2024-01-01", "2024-01-04", { force_restart: true });
  await world.pass(1_000);
  const audit = world.ask((coordinator) =>
    coordinator.verify({ mode: "quick", from: undefined, to: undefined, site: undefined }),
  );
  expect((await audit).kind).toBe("started");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4 });
  const [verified] = await world.ask((coordinator) => coordinator.audits());
  expect(verified).toMatchObject({ days_checked: 2, problems_total: 0 });
});
