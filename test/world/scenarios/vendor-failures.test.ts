import { expect, test } from "vitest";
import { busiestMinute } from "../../../simulator/server/rate-limit.ts";
import { contentOf, ledgerOf, stagedRows } from "../harness/inspect.ts";
import { World } from "../harness/world.ts";

const TWO = ["site_a", "site_b"];
const MINUTE = 60_000;

async function unharmed(sites: string[], from: string, to: string) {
  const world = new World({ sites });
  await world.start(from, to);
  await world.run();
  return contentOf(world);
}

test("a 429 pauses every site, and the status says until when", async () => {
  const world = new World({ sites: TWO });
  world.vendor.faults.add({
    on: "samples",
    site: "site_a",
    skip: 2,
    times: 1,
    effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 600 } },
  });
  await world.start("2024-01-01", "2024-01-03");
  const refused = () => world.vendor.arrivals.find((arrival) => arrival.status === 429);
  await world.run(() => refused() !== undefined);
  const at = refused()?.at ?? 0;
  await world.pass(5 * MINUTE);
  const status = await world.status();
  const until = Date.parse(status.throttled_until ?? "");
  expect(until - at).toBeGreaterThanOrEqual(10 * MINUTE);
  expect(until - at).toBeLessThan(10 * MINUTE + 1_000);
  expect(status.sites.map((site) => site.state)).toEqual(["waiting", "waiting"]);
  // The sites wait by alarms: nothing else happens meanwhile.
  const steps = world.scheduler.steps;
  await world.pass(4 * MINUTE);
  expect(world.scheduler.steps - steps).toBeLessThan(400);
  await world.run();
  const during = world.vendor.arrivals.filter((one) => one.at > at + 1_000 && one.at < until);
  expect(during).toEqual([]);
  expect(await world.status()).toMatchObject({ outcome: "success", throttled_until: null });
  expect(contentOf(world)).toEqual(await unharmed(TWO, "2024-01-01", "2024-01-03"));
});

test("once a site has been answered with a 429, none of its lanes sends another request until the pause is over", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = new World({
      seed,
      latencyMsMax: 200,
      config: { requestsPerMinute: 3_000, pageSize: 10 },
      vendor: { latency: { ms: 100 } },
    });
    // The pause reaches the gate late, which grants permits meanwhile.
    world.effects.break({ on: /gate\.pauseFor/, mode: "late" });
    const effect = { do: "throttle", retryAfter: { form: "seconds", seconds: 10 } } as const;
    world.vendor.faults.add({ on: "samples", skip: 20, times: 1, effect });
    await world.start("2024-01-01", "2024-01-02");
    const refused = () => world.vendor.arrivals.find((arrival) => arrival.status === 429)?.at ?? 0;
    await world.run(() => refused() > 0);
    await world.run(() => world.logs.some(({ message }) => message.includes("Rate limited")));
    const heard = world.scheduler.now;
    await world.pass(9_000);
    const last = Math.max(...world.vendor.arrivals.map((arrival) => arrival.at));
    // Requests that were sent by then take this long to arrive.
    expect([seed, last - heard]).toEqual([seed, Math.min(last - heard, 200)]);
    await world.run();
    expect((await world.status()).outcome).toBe("success");
  }
});

test("while a request is tried again the site's report says which try comes next, and why", async () => {
  const world = new World({ config: { pageSize: 1_000 } });
  world.vendor.faults.add({
    on: "samples",
    day: "2024-01-02",
    times: 2,
    effect: { do: "status", status: 503 },
  });
  await world.start("2024-01-01", "2024-01-02");
  const refused = () => world.vendor.arrivals.filter(({ status }) => status === 503);
  await world.run(() => refused().length === 2);
  await world.pass(1_000);
  const retrying = async () => (await world.status()).sites[0]?.retrying;
  expect(await retrying()).toMatchObject({
    date: "2024-01-02",
    try: 3,
    tries_max: 4,
    reason: expect.stringContaining("503"),
  });
  expect(Date.parse((await retrying())?.next_at ?? "")).toBeGreaterThanOrEqual(
    (refused()[1]?.at ?? 0) + 4_000,
  );
  await world.run();
  expect(await retrying()).toBeNull();
});

test("short pauses, failures, hangs, cuts and malformed responses cost retries and no rows", async () => {
  const world = new World({ sites: TWO, config: { aceTimeoutMs: 5_000, maxRetries: 12 } });
  const often = (seed: number) => ({ probability: 0.12, seed });
  world.vendor.faults.add({ ...often(1), effect: { do: "status", status: 503 } });
  world.vendor.faults.add({ ...often(2), effect: { do: "hang" } });
  world.vendor.faults.add({ ...often(3), effect: { do: "hang", share: 0.5 } });
  world.vendor.faults.add({ ...often(4), effect: { do: "reset" } });
  world.vendor.faults.add({ ...often(5), effect: { do: "truncate" } });
  world.vendor.faults.add({
    ...often(6),
    effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 3 } },
  });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect((await world.status()).outcome).toBe("success");
  expect(contentOf(world)).toEqual(await unharmed(TWO, "2024-01-01", "2024-01-03"));
});

test("the vendor never gets more requests in a minute than allowed, over all sites", async () => {
  const world = new World({ sites: ["a", "b", "c"], config: { requestsPerMinute: 10, pageSize: 50 } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const times = world.vendor.arrivals.map((arrival) => arrival.at);
  expect(busiestMinute(times)).toBe(10);
  // The limit is used but for the jitter, which costs two in a hundred.
  const minutes = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / MINUTE;
  expect(times.length / minutes).toBeGreaterThan(9.5);
});

test("after an outage of half a day, with waits from a minute to an hour, all days complete by themselves", async () => {
  const world = new World();
  const fault = world.vendor.faults.add({ effect: { do: "status", status: 503 } });
  await world.start("2024-01-01", "2024-01-05");
  await world.pass(12 * 60 * MINUTE);
  const status = await world.status();
  expect(status).toMatchObject({ status: "in_progress", days_failed: 0, sites_stuck: [] });
  expect(status.sites.map((site) => site.state)).toEqual(["waiting"]);
  const waits = world.logs.flatMap((line) => {
    const wait = /can't be reached, waiting (\d+) s/.exec(line.message);
    return wait && line.fields.site === "site_a" ? [Number(wait[1])] : [];
  });
  expect(waits.slice(0, 8)).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  expect(waits.length).toBeGreaterThan(12);
  world.vendor.faults.clear(fault);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 5 });
  expect(contentOf(world)).toEqual(await unharmed(["site_a"], "2024-01-01", "2024-01-05"));
});

test("an outage during a backfill fails no day", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-08");
  await world.run(() => world.archive.days.size === 2);
  const fault = world.vendor.faults.add({ on: "samples", effect: { do: "status", status: 502 } });
  await world.pass(6 * 60 * MINUTE);
  expect((await world.status()).days_failed).toBeLessThan(3);
  world.vendor.faults.clear(fault);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 8, days_failed: 0 });
  expect(stagedRows(world)).toBe(0);
});

test.each([
  [401, "html", "ACE_API_KEY"],
  [500, "json", "ACE_API_KEY"],
  [403, "nulls", "site_a"],
] as const)("a %s on the first call halts the site, naming the cause", async (status, body, named) => {
  const world = new World({ sites: TWO });
  const fault = world.vendor.faults.add({ site: "site_a", effect: { do: "status", status, body } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const halted = await world.status();
  expect(halted).toMatchObject({ status: "halted", days_completed: 2, days_failed: 0 });
  expect(halted.sites.map((site) => site.state)).toEqual(["halted", "completed"]);
  expect(halted.sites[0]?.halt_reason).toContain(named);
  world.vendor.faults.clear(fault);
  expect((await world.start("2024-01-01", "2024-01-02")).kind).toBe("resumed");
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "success", days_completed: 4 });
});

test("an outage that answers like a bad key is waited out and does not count as a bad key", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-06");
  await world.run(() => world.archive.days.size === 2);
  const fault = world.vendor.faults.add({ effect: { do: "status", status: 500, body: "json" } });
  await world.pass(3 * 60 * MINUTE);
  const probes = world.vendor.arrivals.filter((one) => one.kind === "points" && one.status === 500);
  expect(probes.length).toBeGreaterThan(1);
  const status = await world.status();
  expect(status).toMatchObject({ status: "in_progress", days_failed: 0 });
  expect(status.sites[0]).toMatchObject({ state: "waiting", halt_reason: null });
  world.vendor.faults.clear(fault);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 6 });
});

test("a halted site resumes while another site runs undisturbed", async () => {
  const world = new World({ sites: TWO, config: { requestsPerMinute: 60 } });
  const fault = world.vendor.faults.add({ site: "site_a", effect: { do: "status", status: 401 } });
  await world.start("2024-01-01", "2024-01-04");
  await world.pass(10_000);
  expect((await world.status()).sites.map((site) => site.state)).toEqual(["halted", "running"]);
  world.vendor.faults.clear(fault);
  expect((await world.start("2024-01-01", "2024-01-04")).kind).toBe("resumed");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 8 });
  const asked = world.vendor.arrivals.filter((one) => one.site === "site_b" && one.kind === "points");
  expect(asked).toHaveLength(1);
});

test("a points list that is missing or empty halts the site before a day depends on it", async () => {
  const world = new World();
  world.vendor.relist("site_a", () => []);
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  expect(await world.status()).toMatchObject({ status: "halted", days_completed: 0 });
  expect(world.archive.days.size).toBe(0);
});

test("entries of the list of points without a usable name are a warning, and every other point is archived", async () => {
  const world = new World();
  world.vendor.faults.add({ effect: { do: "nameless-points", count: 6 } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run(() => world.archive.days.size === 1);
  const warnings = async () => (await world.status()).sites[0]?.warnings;
  const warned = [
    {
      kind: "points-skipped",
      count: 6,
      message: expect.stringMatching(
        /^6 entries .* no usable name, skipped: entry 1 \(id 1, no name\); .*; and 1 more$/,
      ),
    },
  ];
  expect(await warnings()).toEqual(warned);
  world.site("site_a").kill();
  await world.run();
  expect(await warnings()).toEqual(warned);
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 2 });
  expect(contentOf(world)).toEqual(await unharmed(["site_a"], "2024-01-01", "2024-01-02"));
  expect(world.logs.filter(({ message }) => message.includes("no usable name"))).toHaveLength(1);
  // The next run reads a list without them.
  world.vendor.faults.clear();
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect(await warnings()).toEqual([]);
});

test("a list of points without any usable name halts the site", async () => {
  const world = new World();
  world.vendor.relist("site_a", () => []);
  world.vendor.faults.add({ effect: { do: "nameless-points", count: 3 } });
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const status = await world.status();
  expect(status).toMatchObject({ status: "halted", days_completed: 0, days_failed: 0 });
  expect(status.sites[0]?.halt_reason).toMatch(
    /can't be used: 3 entries .* no usable name, skipped: entry 1/,
  );
});

test.each([400, 404, 410])(
  "a %s fails its day only, without a retry, and the next day is fetched",
  async (status) => {
    const world = new World();
    world.vendor.faults.add({ day: "2024-01-02", effect: { do: "status", status } });
    await world.start("2024-01-01", "2024-01-03");
    await world.run();
    expect(await world.status()).toMatchObject({
      status: "completed",
      outcome: "partial",
      days_completed: 2,
      failed_days: [{ date: "2024-01-02", site: "site_a" }],
    });
    expect(ledgerOf(world)[1]).toBe("site_a 2024-01-02 null null 1");
    expect(stagedRows(world)).toBe(0);
    expect(world.view.json("backfill:day:2024-01-02:site_a")).toMatchObject({ status: "failed" });
  },
);

test("a day fails after retries of 2, 4 and 8 s, and no other day does", async () => {
  const world = new World({ config: { pageSize: 1_000 } });
  world.vendor.faults.add({ day: "2024-01-02", effect: { do: "status", status: 503 } });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "partial", days_completed: 2, days_failed: 1 });
});

test("a failed fetch of a forced restart leaves the valid day valid", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  const before = contentOf(world);
  world.vendor.faults.add({ day: "2024-01-01", effect: { do: "status", status: 400 } });
  await world.start("2024-01-01", "2024-01-02", { force_restart: true });
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "partial", days_failed: 1, days_completed: 1 });
  expect(contentOf(world)).toEqual(before);
  expect(ledgerOf(world)[0]).toMatch(/^site_a 2024-01-01 completed \d+ \d+$/);
  const [day] = await world.ask((coordinator) =>
    coordinator.days({ from: undefined, to: undefined, site: undefined }, 100),
  );
  expect(day).toMatchObject({ date: "2024-01-01", status: "completed" });
  expect(day?.failure?.message).toContain("400");
});

test("once a day has failed, no more of its responses are read", async () => {
  const world = new World({ config: { maxRetries: 0 }, vendor: { latency: { ms: 400 } } });
  world.vendor.faults.add({ on: "samples", day: "2024-01-02", effect: { do: "hang", share: 0.5 } });
  await world.start("2024-01-01", "2024-01-03");
  await world.run();
  const asked = world.vendor.arrivals.filter((one) => one.day === "2024-01-02").map((one) => one.at);
  const [, , next] = await world.ask((coordinator) => coordinator.days({}, 3));
  // Several windows, whose bodies are read one after another, would take 30 s each.
  expect(asked.length).toBeGreaterThan(2);
  expect(Date.parse(next?.completed_at ?? "") - Math.min(...asked)).toBeLessThan(60_000);
  expect((await world.status()).failed_days).toEqual([{ site: "site_a", date: "2024-01-02" }]);
});

test("the requests of a run include those of a day that fails", async () => {
  const world = new World({ config: { maxRetries: 3 } });
  world.vendor.faults.add({ on: "samples", effect: { do: "status", status: 422, body: "json" } });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  const [site] = (await world.status()).sites;
  expect(site).toMatchObject({ days_failed: 1, run: { days: 0, samples: 0 } });
  const points = world.vendor.arrivals.filter(({ kind }) => kind === "points").length;
  expect(site?.run.requests).toBeGreaterThan(points);
});
