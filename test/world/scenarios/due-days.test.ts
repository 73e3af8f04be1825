import { expect, test } from "vitest";
import type { DueDay } from "../../../src/ports/due.ts";
import { contentOf, daysRequested, rowsOf, servedRows, stagedRows, storedRows } from "../harness/inspect.ts";
import { day, World, type WorldOptions } from "../harness/world.ts";

/** Days that a site archives by itself, with and without a job. */

const SITE = "site_a";
const DUE = "2025-05-30";
const RANGE = ["2024-01-01", "2024-01-04"] as const;
const HOUR_MS = 3_600_000;
/** The API is so slow that a day takes a while. */
const SLOW = {
  config: { requestsPerMinute: 30, aceTimeoutMs: 200_000 },
  vendor: { pointsPerSite: 12, samplesPerDay: 150, latency: { ms: 5_000 } },
} as const satisfies WorldOptions;

const keyOf = (date: string) => `timeseries/${date.replaceAll("-", "/")}/${SITE}.parquet`;

const dueNow = (world: World, ...dates: string[]): DueDay[] =>
  dates.map((date) => ({ date: day(date), fetchedSince: world.scheduler.now }));

async function stateOf(world: World, days: readonly DueDay[]) {
  const { days: views } = await world.setDue(SITE, days);
  return views.map(({ date, state }) => `${date} ${state}`);
}

const publishedBy = (world: World) =>
  rowsOf<{ date: string; by: string }>(
    world.site(SITE),
    "SELECT date, backfill_id AS by FROM day WHERE verified = 1 ORDER BY date",
  );

const isStaged = (world: World, date: string) =>
  rowsOf(world.site(SITE), "SELECT 1 FROM staging WHERE date = ?", date).length > 0;

test("a due day is archived without any job, and every call with the same list changes nothing", async () => {
  const world = new World();
  const days = dueNow(world, DUE);
  expect(await world.setDue(SITE, days)).toEqual({
    paused: false,
    days: [
      {
        ...{ date: DUE, state: "waiting", fetched_at: null, records: null, sha256: null },
        ...{ failures: 0, error: null, retry_at: null },
        fetched_since: new Date(world.scheduler.now).toISOString(),
        listed_at: expect.any(String),
      },
    ],
  });
  await world.run();
  const rows = servedRows(world, SITE, DUE);
  expect(await storedRows(world, keyOf(DUE))).toEqual(rows);
  expect((await world.setDue(SITE, days)).days).toMatchObject([
    { state: "published", records: rows.length, sha256: world.archive.objects.get(keyOf(DUE))?.sha256 },
  ]);
  expect(stagedRows(world)).toBe(0);
  const requests = world.vendor.arrivals.length;
  await world.setDue(SITE, days);
  await world.cron();
  expect(world.vendor.arrivals).toHaveLength(requests);
  expect(await world.ask((coordinator) => coordinator.status())).toBeUndefined();
});

test("a due day is fetched ahead of a running range, which completes with its own counts", async () => {
  const alone = new World(SLOW);
  await alone.start(...RANGE);
  await alone.run();

  const world = new World(SLOW);
  await world.start(...RANGE);
  await world.run(() => isStaged(world, "2024-01-02"));
  const days = dueNow(world, DUE);
  await world.setDue(SITE, days);
  await world.run(() => world.archive.objects.has(keyOf(DUE)));
  expect(world.archive.objects.has(keyOf("2024-01-03"))).toBe(false);
  expect((await world.status()).sites).toMatchObject([{ days_total: 4 }]);
  await world.run();
  const { sites, status, outcome, due } = await world.status();
  expect({ status, outcome }).toEqual({ status: "completed", outcome: "success" });
  const [own] = (await alone.status()).sites;
  expect(sites).toMatchObject([
    { days_completed: 4, records_processed: own?.records_processed, days_skipped: 0 },
  ]);
  expect(sites[0]?.run.days).toBe(4);
  expect(due).toMatchObject({ paused: false, sites: [{ site: SITE, days_total: 1, days_published: 1 }] });
  for (const [key, hash] of Object.entries(contentOf(alone))) expect(contentOf(world)[key]).toBe(hash);
});

test("a due day goes on through cancel, restart by force, and a new range", async () => {
  const acts: ((world: World) => Promise<unknown>)[] = [
    (world) => world.cancel(),
    (world) => world.start(...RANGE, { force_restart: true }),
    (world) => world.start("2025-05-29", DUE, { force_restart: true }),
    (world) => world.start("2024-03-01", "2024-03-02", { force_restart: true }),
  ];
  for (const act of acts) {
    const world = new World(SLOW);
    await world.start(...RANGE);
    await world.setDue(SITE, dueNow(world, DUE));
    await world.run(() => isStaged(world, DUE));
    const [before] = rowsOf<{ staging_id: string }>(
      world.site(SITE),
      "SELECT staging_id FROM staging WHERE date = ?",
      DUE,
    );
    await act(world);
    const [after] = rowsOf<{ staging_id: string }>(
      world.site(SITE),
      "SELECT staging_id FROM staging WHERE date = ?",
      DUE,
    );
    expect(after).toEqual(before);
    await world.run(() => world.archive.objects.has(keyOf(DUE)));
    await world.run();
    expect(await storedRows(world, keyOf(DUE))).toEqual(servedRows(world, SITE, DUE));
    expect(stagedRows(world)).toBeGreaterThanOrEqual(0);
  }
});

test("a cancelled job is said to be cancelled while a due day is being fetched", async () => {
  const world = new World(SLOW);
  await world.start(...RANGE);
  await world.setDue(SITE, dueNow(world, DUE));
  await world.run(() => isStaged(world, DUE));
  expect(await world.cancel()).toMatchObject({ kind: "cancelled", sites_stopping: [] });
  await world.run(() => world.archive.objects.has(keyOf(DUE)));
  const { status, sites } = await world.status();
  expect([status, sites[0]?.state]).toEqual(["cancelled", "cancelled"]);
});

test("a due day that a cancelled job has staged is fetched anew; one that a running job fetches is waited for", async () => {
  for (const isCancelled of [true, false]) {
    const world = new World(SLOW);
    const days = dueNow(world, DUE);
    await world.start(DUE, DUE);
    await world.run(() => isStaged(world, DUE));
    if (isCancelled) await world.cancel();
    await world.setDue(SITE, days);
    await world.run();
    expect(publishedBy(world)).toEqual([
      { date: DUE, by: isCancelled ? "due" : expect.stringContaining("backfill_") },
    ]);
    expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
    expect(stagedRows(world)).toBe(0);
  }
});

test("a day that a running job fetches too early is fetched again for its due date", async () => {
  const world = new World(SLOW);
  await world.start(DUE, DUE);
  await world.run(() => isStaged(world, DUE));
  await world.pass(20_000);
  const days = dueNow(world, DUE);
  expect(await stateOf(world, days)).toEqual([`${DUE} waiting`]);
  await world.run();
  expect(publishedBy(world)).toEqual([{ date: DUE, by: "due" }]);
  expect((await world.status()).status).toBe("completed");
  expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
});

test("a day becomes due once more by the time of its last fetch, not by who made it", async () => {
  const world = new World();
  await world.start(DUE, DUE);
  await world.run();
  await world.pass(HOUR_MS);
  const requests = world.vendor.arrivals.length;
  const early = [{ date: day(DUE), fetchedSince: world.scheduler.now - 2 * HOUR_MS }];
  expect(await stateOf(world, early)).toEqual([`${DUE} published`]);
  await world.run();
  expect(daysRequested(world, requests)).toBe(0);

  // Late samples have arrived since.
  world.vendor.relist(SITE, (listed) => listed.slice(2));
  const late = dueNow(world, DUE);
  expect(await stateOf(world, late)).toEqual([`${DUE} waiting`]);
  await world.run();
  expect(await stateOf(world, late)).toEqual([`${DUE} published`]);
  expect(await storedRows(world, keyOf(DUE))).toEqual(servedRows(world, SITE, DUE));
});

test("a day is due from its time on, and a list without it drops what was fetched", async () => {
  const world = new World(SLOW);
  await world.setDue(SITE, [{ date: day(DUE), fetchedSince: world.scheduler.now + HOUR_MS }]);
  await world.pass(HOUR_MS / 2);
  expect(daysRequested(world, 0)).toBe(0);
  await world.run(() => isStaged(world, DUE));
  await world.setDue(SITE, []);
  expect(stagedRows(world)).toBe(0);
  await world.run();
  expect(world.archive.days.size).toBe(0);
});

test("no due day is published after a pause has answered, and all are after its end", async () => {
  for (const moment of [0, 5_000, 15_000, 30_000, 45_000]) {
    const world = new World(SLOW);
    const days = dueNow(world, DUE, "2025-05-31");
    await world.setDue(SITE, days);
    await world.pass(moment);
    expect(await world.pauseDue(true)).toEqual({ paused: true, sites_unreached: [] });
    const published = world.archive.days.size;
    await world.pass(10 * HOUR_MS);
    expect(world.archive.days.size).toBe(published);
    expect((await world.setDue(SITE, days)).paused).toBe(true);
    await world.pauseDue(false);
    await world.run();
    expect(await stateOf(world, days)).toEqual([`${DUE} published`, "2025-05-31 published"]);
    expect(stagedRows(world)).toBe(0);
  }
});

test("a job completes a range in which paused due days are staged", async () => {
  const world = new World(SLOW);
  await world.setDue(SITE, dueNow(world, DUE));
  await world.run(() => isStaged(world, DUE));
  await world.pauseDue(true);
  await world.start("2025-05-29", DUE);
  await world.run();
  expect(await world.status()).toMatchObject({ status: "completed", outcome: "success", days_completed: 2 });
  expect(stagedRows(world)).toBe(0);
});

test("a pause reaches a site that did not hear of it before its next publication, and so does its end", async () => {
  const world = new World(SLOW);
  const days = dueNow(world, DUE);
  await world.setDue(SITE, days);
  await world.run(() => isStaged(world, DUE));
  world.effects.break({ on: /coordinator site_a\.report/, mode: "fail before", times: 5 });
  expect(await world.pauseDue(true)).toEqual({ paused: true, sites_unreached: [SITE] });
  await world.pass(HOUR_MS);
  expect(world.archive.days.size).toBe(0);
  world.effects.break({ on: /coordinator site_a\.report/, mode: "fail before", times: 5 });
  expect(await world.pauseDue(false)).toEqual({ paused: false, sites_unreached: [SITE] });
  world.effects.restore();
  await world.cron();
  await world.run();
  expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
});

test("a due day that fails is tried again, later each time, and raises an alert until it is published", async () => {
  const world = new World({ config: { maxRetries: 0, alertWebhookUrl: "https://hooks.test" } });
  const days = dueNow(world, DUE);
  world.vendor.faults.add({ on: "samples", effect: { do: "status", status: 400 } });
  await world.setDue(SITE, days);
  await world.pass(30_000);
  expect((await world.setDue(SITE, days)).days).toMatchObject([
    { state: "failed", failures: 1, error: expect.stringContaining("400"), retry_at: expect.any(String) },
  ]);
  await world.pass(60_000);
  await world.pass(120_000);
  expect((await world.setDue(SITE, days)).days).toMatchObject([{ state: "failed", failures: 3 }]);
  await world.ask((coordinator) => coordinator.wake());
  const raised = (await world.ask((coordinator) => coordinator.metrics())).dueAlerts;
  expect(raised).toMatchObject([{ alert: "due_day_failing", site: SITE, date: DUE, value: 3, threshold: 2 }]);
  world.vendor.faults.clear();
  await world.run();
  await world.cron();
  expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
  expect(world.receiver.accepted.map(({ notice }) => `${notice.alert} ${notice.state}`)).toEqual([
    "due_day_failing raised",
    "due_day_failing cleared",
  ]);
  expect(rowsOf(world.site(SITE), "SELECT 1 FROM day WHERE failure_round IS NOT NULL")).toEqual([]);
});

test("a failed due day is no failure of the job, and a failed upload is uploaded again without a fetch", async () => {
  const world = new World({ config: { maxRetries: 0 } });
  await world.start("2025-05-29", "2025-05-29");
  world.effects.break({ on: /archive\.publish timeseries\/2025\/05\/30/, mode: "fail before", times: 2 });
  const days = dueNow(world, DUE);
  await world.setDue(SITE, days);
  await world.pass(30_000);
  expect(await world.status()).toMatchObject({ status: "completed", days_failed: 0 });
  expect((await world.setDue(SITE, days)).days).toMatchObject([{ state: "failed", failures: 1 }]);
  const requests = world.vendor.arrivals.length;
  await world.run();
  expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
  expect(daysRequested(world, requests)).toBe(0);
});

test("a refused key halts job and due days with one message, and due days go on by themselves", async () => {
  const world = new World(SLOW);
  await world.start(...RANGE);
  await world.run(() => isStaged(world, "2024-01-01"));
  const days = dueNow(world, DUE);
  await world.setDue(SITE, days);
  await world.run(() => isStaged(world, DUE));
  world.vendor.key = "another";
  await world.run(() => world.logs.some(({ level }) => level === "ERROR"));
  await world.pass(5 * HOUR_MS);
  const { status, sites, due } = await world.status();
  expect([status, sites[0]?.halt_reason]).toEqual(["halted", expect.stringContaining("ACE_API_KEY")]);
  expect(due?.sites[0]?.halt_reason).toBe(sites[0]?.halt_reason);
  const told = world.logs.filter(({ level, message }) => level === "ERROR" && !message.includes("Alert"));
  expect(told).toHaveLength(1);
  world.vendor.key = "test-key";
  await world.pass(2 * HOUR_MS);
  expect(await stateOf(world, days)).toEqual([`${DUE} published`]);
  expect((await world.status()).status).toBe("halted");
  await world.start(...RANGE);
  await world.run();
  expect((await world.status()).outcome).toBe("success");
});

test("due days survive crashes of every object, and an outage of the API does not count against them", async () => {
  const world = new World(SLOW);
  const days = dueNow(world, DUE, "2025-05-31");
  await world.setDue(SITE, days);
  for (let kills = 0; kills < 8; kills++) {
    await world.pass(7_000);
    if (kills % 2 === 0) world.isolateDies();
    else world.site(SITE).kill();
  }
  world.vendor.faults.add({ on: "points", times: 40, effect: { do: "status", status: 503 } });
  await world.run();
  const { days: views } = await world.setDue(SITE, days);
  expect(views).toMatchObject([
    { state: "published", failures: 0 },
    { state: "published", failures: 0 },
  ]);
  for (const { date } of days)
    expect(await storedRows(world, keyOf(date))).toEqual(servedRows(world, SITE, date));
});

test("a list that can't be meant is refused, and changes nothing", async () => {
  const world = new World();
  const at = world.scheduler.now;
  const bad: readonly (readonly DueDay[])[] = [
    [{ date: "2025-02-30" as never, fetchedSince: at }],
    [{ date: day(DUE), fetchedSince: Number.NaN }],
    [...dueNow(world, DUE), ...dueNow(world, DUE)],
    Array.from({ length: 401 }, (_, index) => ({ date: day(DUE), fetchedSince: index })),
  ];
  for (const list of bad) await expect(world.setDue(SITE, list)).rejects.toThrow(/due|day|time/);
  expect((await world.setDue(SITE, [])).days).toEqual([]);
});

test("the rows of each point are counted from the verified object, and from no other", async () => {
  const world = new World();
  const count = () => world.askSite(SITE, (rules) => rules.countPoints(day(DUE)));
  expect(await count()).toBeUndefined();
  await world.setDue(SITE, dueNow(world, DUE));
  await world.run();
  const expected = new Map<string, number>();
  for (const line of servedRows(world, SITE, DUE)) {
    // As `lines` writes a row: name, time, value, site.
    const name = line.split(" ").slice(0, -3).join(" ");
    expected.set(name, (expected.get(name) ?? 0) + 1);
  }
  const counted = await count();
  expect(counted?.sha256).toBe(world.archive.objects.get(keyOf(DUE))?.sha256);
  expect(new Map(counted?.counts)).toEqual(expected);

  world.tampered = true;
  world.archive.place(keyOf(DUE), new Uint8Array(100));
  expect(await count()).toBeUndefined();
  world.archive.objects.delete(keyOf(DUE));
  expect(await count()).toBeUndefined();
});
