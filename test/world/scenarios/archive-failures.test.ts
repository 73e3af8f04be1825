import { expect, test } from "vitest";
import { HELD_FOR_UPLOAD_BYTES_MAX } from "../../../src/domain/limits.ts";
import { contentOf, ledgerOf, stagedRows, viewLags } from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";

const KEY = "timeseries/2024/01/01/site_a.parquet";
const PUT = /archive\.publish .*2024\/01\/01/;
const retry = (world: World, selection = {}) =>
  world.ask((coordinator) =>
    coordinator.retry({ from: undefined, to: undefined, site: undefined, ...selection }),
  );

test("four refused uploads fail the day and keep its file; a retry uploads it without a request to the vendor", async () => {
  const world = new World();
  world.effects.break({ on: PUT, mode: "fail before", times: 4 });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  expect(await world.status()).toMatchObject({
    outcome: "partial",
    failed_days: [{ date: "2024-01-01", site: "site_a" }],
  });
  expect(stagedRows(world)).toBeGreaterThan(0);
  const samples = () => world.vendor.arrivals.filter((arrival) => arrival.kind === "samples").length;
  const asked = samples();
  expect(await retry(world)).toMatchObject({ kind: "retrying", days: 1 });
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "success", days_completed: 2 });
  expect(samples()).toBe(asked);
  expect(stagedRows(world)).toBe(0);
});

test("files are kept up to their limit; a retry fetches a day without its file again", async () => {
  const world = new World();
  world.effects.break({
    on: /archive\.publish timeseries/,
    mode: "fail before",
    times: Number.POSITIVE_INFINITY,
  });
  await world.start("2024-01-01", "2024-01-03");
  const { db } = world.site("site_a");
  const kept = () =>
    db.read<{ date: string }>("SELECT date FROM staging WHERE held_for_upload = 1").map(({ date }) => date);
  await world.run(() => kept().length === 1);
  // As large as the limit of kept files.
  const claim = (bytes: number) =>
    db.tx((sql) => {
      sql.run(
        "UPDATE staging SET file = json_set(file, '$.content.bytes', ?) WHERE held_for_upload = 1",
        bytes,
      );
    });
  const [first] = db.read<{ bytes: number }>(
    "SELECT json_extract(file, '$.content.bytes') AS bytes FROM staging WHERE held_for_upload = 1",
  );
  claim(HELD_FOR_UPLOAD_BYTES_MAX);
  await world.run();
  expect([kept(), (await world.status()).days_failed]).toEqual([["2024-01-01"], 3]);
  claim(first?.bytes ?? 0);
  world.effects.restore();
  const asked = world.vendor.arrivals.length;
  await retry(world);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 3 });
  const again = world.vendor.arrivals.slice(asked).filter(({ kind }) => kind === "samples");
  expect([...new Set(again.map((arrival) => arrival.day))]).toEqual(["2024-01-02", "2024-01-03"]);
});

test("many kept files are uploaded over many deaths, which do not count for files that only wait", async () => {
  const world = new World({ config: { requestsPerMinute: 3_000 } });
  world.effects.break({
    on: /archive\.publish timeseries/,
    mode: "fail before",
    times: Number.POSITIVE_INFINITY,
  });
  await world.start("2024-01-01", "2024-01-09");
  await world.run();
  expect((await world.status()).days_failed).toBe(9);
  world.effects.restore();
  const samples = () => world.vendor.arrivals.filter((arrival) => arrival.kind === "samples").length;
  const asked = samples();
  await retry(world);
  for (let uploaded = 1; uploaded <= 8; uploaded += 2) {
    await world.run(() => world.archive.days.size === uploaded);
    world.site("site_a").kill();
  }
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 9 });
  expect(samples()).toBe(asked);
});

test("a day completes by its fourth upload after three refusals", async () => {
  const world = new World();
  world.effects.break({ on: PUT, mode: "fail before", times: 3 });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
});

test("a put whose response was lost is found by its hash and is not repeated", async () => {
  const world = new World();
  world.effects.break({ on: PUT, mode: "effect, then fail" });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  expect(world.effects.labels.filter((label) => PUT.test(label))).toHaveLength(1);
});

test("a put without a response is abandoned, and another put completes the day", async () => {
  const world = new World();
  world.effects.break({ on: PUT, mode: "hang" });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", sites_stuck: [] });
});

test("an object of another writer is replaced by the verified file", async () => {
  const world = new World();
  world.archive.place(KEY, new TextEncoder().encode("something else"));
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  expect(world.archive.objects.get(KEY)?.metadata).toMatchObject({
    site_name: "site_a",
    date: "2024-01-01",
    compression: "SNAPPY",
    status: "completed",
  });
});

test("an object with the right bytes and no metadata is replaced, because neither a check nor a rebuild trusts it", async () => {
  const before = new World();
  await before.start("2024-01-01", "2024-01-01");
  await before.run();
  const object = before.archive.objects.get(KEY);
  if (!object) throw new Error("there is nothing to copy");
  const world = new World();
  world.archive.place(KEY, object.bytes, {}, object.sha256);
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  const { created_at: _, backfill_id: __, evidence, ...metadata } = object.metadata;
  expect(world.archive.objects.get(KEY)).toMatchObject({ sha256: object.sha256, metadata });
  const copied = JSON.parse(world.archive.objects.get(KEY)?.metadata.evidence ?? "{}");
  expect(copied.content).toEqual(JSON.parse(evidence ?? "").content);
});

test("a retry fetches only the days of its selection", async () => {
  const world = new World({ sites: ["site_a", "site_b"] });
  const fault = world.vendor.faults.add({
    from: "2024-01-02T06:00:00Z",
    effect: { do: "status", status: 400 },
  });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect((await world.status()).days_failed).toBe(4);
  world.vendor.faults.clear(fault);
  const only = { from: day("2024-01-02"), to: day("2024-01-02"), site: world.config.sites[1] };
  expect(await retry(world, only)).toMatchObject({ kind: "retrying", days: 1 });
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "partial", days_failed: 3 });
  expect(ledgerOf(world).filter((line) => line.includes("completed"))).toHaveLength(3);
  expect(await retry(world, { from: day("2025-01-01") })).toEqual({ kind: "nothing-failed" });
  expect(await retry(world)).toMatchObject({ days: 3 });
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
  expect(await retry(world)).toEqual({ kind: "nothing-failed" });
});

test("after an hour of refusals KV shows the last state, with at most one write a second for each key", async () => {
  const world = new World({ sites: ["site_a", "site_b"], config: { requestsPerMinute: 60 } });
  await world.start("2024-01-01", "2024-01-03");
  await world.pass(2_000);
  world.view.refusing = true;
  await world.pass(3_600_000);
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "success" });
  expect(world.view.json("backfill:state")?.status).toBe("in_progress");
  world.view.refusing = false;
  await world.run();
  expect(viewLags(world)).toEqual([]);
  expect(world.view.json("backfill:state")).toMatchObject({ status: "completed", days_completed: 6 });
  for (const date of ["2024-01-01", "2024-01-02", "2024-01-03"]) {
    expect(world.view.json(`backfill:day:${date}:site_b`)?.status).toBe("completed");
  }
  expect(world.view.leastGapMs()).toBeGreaterThanOrEqual(1_000);
});

test("days and errors are kept in KV for thirty days, the state without end", async () => {
  const world = new World();
  world.vendor.faults.add({ effect: { do: "status", status: 400 }, on: "samples", times: 1 });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const ttls = new Map(world.view.puts.map((put) => [put.key.split(":")[1], put.ttl]));
  expect(Object.fromEntries(ttls)).toEqual({ state: undefined, day: 2_592_000, errors: 2_592_000 });
  expect(Object.keys(contentOf(world)).length).toBeGreaterThan(0);
});

test("an object that matches the file in size or hash alone is replaced", async () => {
  const unharmed = new World();
  await unharmed.start("2024-01-01", "2024-01-01");
  await unharmed.run();
  const whole = unharmed.archive.objects.get(KEY)?.bytes ?? new Uint8Array();
  const sha256 = unharmed.archive.objects.get(KEY)?.sha256;
  const others = [
    [whole.map((byte) => byte ^ 1), "0".repeat(64)],
    // A store that has the sent hash, but other bytes.
    [whole.subarray(1), sha256],
  ] as const;
  for (const [bytes, hash] of others) {
    const world = new World();
    await world.start("2024-01-01", "2024-01-01");
    await world.run(() => world.archive.objects.has(KEY));
    // Before the HEAD that follows the put.
    world.archive.place(KEY, bytes, {}, hash);
    await world.run();
    expect((await world.status()).outcome).toBe("success");
    expect(world.archive.objects.get(KEY)?.bytes).toEqual(whole);
  }
});
