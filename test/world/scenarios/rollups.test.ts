import { expect, test } from "vitest";
import type { UtcDay } from "../../../src/domain/day.ts";
import { rollupContentOf, rowsOf, stagedRows } from "../harness/inspect.ts";
import { daysWithoutRollup, rollupFaults, rollupsOf } from "../harness/rollup-content.ts";
import { day, World, type WorldOptions } from "../harness/world.ts";

const KEY = "rollups/1hr/2024/Q1/site_a.parquet";
const MONTH_KEY = "rollups/raw/2024/01/site_a.parquet";
const KEYS = [KEY, MONTH_KEY];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALL = { from: undefined, to: undefined, site: undefined };
const FORCE = { force_restart: true };

/** Every archived day is described by a correct roll-up, and nothing is left of making it. */
async function expectComplete(world: World, sites = ["site_a"]): Promise<void> {
  expect(await rollupFaults(world)).toEqual([]);
  for (const site of sites) expect(daysWithoutRollup(world, site)).toEqual([]);
  expect(stagedRows(world)).toBe(0);
  expect(rowsOf(world.site("site_a"), "SELECT date FROM collected_day")).toEqual([]);
}

async function completed(options: WorldOptions = {}, to = "2024-01-04"): Promise<World> {
  const world = new World(options);
  await world.start("2024-01-01", to);
  await world.run();
  return world;
}

const rollupsOver = async (world: World) =>
  (await world.ask((coordinator) => coordinator.rollups.list())).map(
    ({ quarters: _, months: __, ...view }) => view,
  )[0];

test("once a job has ended, each quarter and each month gets a roll-up of its days", async () => {
  const world = await completed({ sites: ["site_a", "site_b"] }, "2024-01-02");
  await world.start("2023-12-30", "2024-01-02");
  await world.run();
  expect([...rollupsOf(world).keys()].sort()).toEqual([
    "rollups/1hr/2023/Q4/site_a.parquet",
    "rollups/1hr/2023/Q4/site_b.parquet",
    KEY,
    "rollups/1hr/2024/Q1/site_b.parquet",
    "rollups/raw/2023/12/site_a.parquet",
    "rollups/raw/2023/12/site_b.parquet",
    MONTH_KEY,
    "rollups/raw/2024/01/site_b.parquet",
  ]);
  await expectComplete(world, ["site_a", "site_b"]);
  const counts = { periods: 2, days_held: 4, days_lacking: 0, days_skipped: 0 };
  const view = { state: "idle", hourly: counts, raw: counts, last_error: null };
  expect(await rollupsOver(world)).toMatchObject(view);
  expect((await world.status()).sites[0]?.rollups).toMatchObject(view);
  const days = await world.ask((coordinator) => coordinator.days(ALL, 100));
  expect(days.map(({ rolled_up }) => rolled_up)).toEqual(Array(8).fill(true));
});

test("a roll-up has the same bytes whatever its slices, crashes and earlier roll-ups", async () => {
  const options: WorldOptions = {
    vendor: { pointsPerSite: 60, samplesPerDay: 1_200, silent: 1 },
    config: { rowGroupSize: 130, pageSize: 1_000 },
  };
  const contents = [];
  for (const sliceSamples of [60, 1_000, 400_000]) {
    for (const crashes of [0, 7]) {
      const world = new World({ ...options, seed: sliceSamples, steps: { runSamples: 500, sliceSamples } });
      await world.start("2024-01-01", "2024-01-03");
      await world.run(() => (world.archive.objects.get(KEY) ? true : world.archive.objects.size >= 3));
      for (let left = crashes; left > 0; left--) {
        let steps = 60;
        await world.run(() => steps-- === 0);
        world.site("site_a").kill();
      }
      await world.run();
      await world.start("2024-01-01", "2024-01-08");
      await world.run();
      await expectComplete(world);
      contents.push(KEYS.map((key) => rollupContentOf(world)[key]).join());
    }
  }
  expect(new Set(contents)).toEqual(new Set([contents[0]]));
  expect(contents[0]).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}$/);
});

test("days without rows are described as such, and need no read", async () => {
  const world = await completed({ vendor: { empty: "ok", emptyDays: ["2024-01-02"] } });
  expect((await world.status()).sites[0]).toMatchObject({ days_empty: 1 });
  expect(world.effects.labels.some((label) => label.includes("read timeseries/2024/01/02"))).toBe(false);
  await expectComplete(world);
});

test("a forced restart over changed data clears the roll-up before its first day is replaced", async () => {
  const world = await completed();
  const before = rollupContentOf(world);
  world.vendor.relist("site_a", (listed) => listed.slice(2));
  await world.start("2024-01-02", "2024-01-03", FORCE);
  await world.run(() => rollupsOf(world).size === 0);
  for (const key of KEYS) expect(world.archive.objects.get(key)?.metadata.cleared).toBeDefined();
  await world.run();
  for (const key of KEYS) expect(rollupContentOf(world)[key]).not.toBe(before[key]);
  await expectComplete(world);
});

test("a day that no roll-up describes is published without clearing one", async () => {
  const world = await completed();
  const { etag } = world.archive.objects.get(KEY) ?? {};
  await world.start("2024-02-01", "2024-02-01");
  await world.run(() => world.archive.objects.has("timeseries/2024/02/01/site_a.parquet"));
  expect(world.archive.objects.get(KEY)?.etag).toBe(etag);
  await world.run();
  await expectComplete(world);
});

test("a put of a roll-up that takes effect late never describes a replaced day", async () => {
  for (const lateMs of [300, 30_000, 90_000, 130_000, HOUR]) {
    const world = new World({ seed: lateMs });
    // The second put is that of the roll-up: an empty one comes first.
    world.archive.late.next(/publish rollups/, 5);
    world.archive.late.next(/publish rollups/, lateMs);
    await world.start("2024-01-01", "2024-01-03");
    await world.run(
      () => world.effects.labels.filter((label) => label.includes("publish rollups")).length === 2,
    );
    world.vendor.relist("site_a", (listed) => listed.slice(1));
    await world.start("2024-01-01", "2024-01-03", FORCE);
    await world.run();
    await world.pass(2 * HOUR);
    expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
    await world.askSite("site_a", (site) => site.report());
    await world.run();
    await expectComplete(world);
  }
});

test.each(KEYS)(
  "%s that somebody deletes is made again: within a day, or at once when asked for",
  async (key) => {
    const world = await completed();
    const content = rollupContentOf(world)[key];
    world.archive.objects.delete(key);
    await world.askSite("site_a", (site) => site.report());
    await world.run();
    expect(world.archive.objects.has(key)).toBe(false);
    await world.pass(DAY);
    await world.askSite("site_a", (site) => site.report());
    await world.run();
    expect(rollupContentOf(world)[key]).toBe(content);
    world.archive.objects.delete(key);
    expect(await world.ask((coordinator) => coordinator.rollups.make(ALL))).toEqual([
      { site: "site_a", periods: 0, days: 0 },
    ]);
    await world.run();
    expect(rollupContentOf(world)[key]).toBe(content);
    await expectComplete(world);
  },
);

test("a request finds a deletion also while an earlier request's check is under way", async () => {
  for (let moment = 0; moment < 12; moment++) {
    const world = await completed({ seed: moment });
    const make = () => world.ask((coordinator) => coordinator.rollups.make(ALL));
    await make();
    let steps = moment;
    await world.run(() => steps-- === 0);
    world.archive.objects.delete(KEY);
    await make();
    await world.run();
    expect(world.archive.objects.has(KEY)).toBe(true);
    await expectComplete(world);
  }
});

test.each(KEYS)(
  "an object that others have put in the place of %s is cleared and made again",
  async (key) => {
    const world = await completed();
    const content = rollupContentOf(world)[key];
    world.archive.place(key, new Uint8Array([1, 2, 3]), {});
    await world.ask((coordinator) => coordinator.rollups.make(ALL));
    await world.run();
    expect(rollupContentOf(world)[key]).toBe(content);
  },
);

test("a request makes what is missing in its range, and repeating it changes nothing", async () => {
  const world = await completed();
  await world.start("2024-01-05", "2024-01-05");
  await world.run(() => world.archive.objects.has("timeseries/2024/01/05/site_a.parquet"));
  const asked = () =>
    world.ask((coordinator) => coordinator.rollups.make({ ...ALL, from: day("2024-03-01") }));
  const [first] = await asked();
  // The month is made again by itself, and so may be the quarter.
  expect(first?.periods ?? 0).toBeLessThanOrEqual(2);
  await world.run();
  expect(await asked()).toEqual([{ site: "site_a", periods: 0, days: 0 }]);
  expect(
    await world.ask((coordinator) => coordinator.rollups.make({ ...ALL, to: "2023-12-31" as UtcDay })),
  ).toEqual([{ site: "site_a", periods: 0, days: 0 }]);
  await expectComplete(world);
});

test("a day whose object can't be read is left out with an error, and tried again when it is another", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-03");
  await world.run(() =>
    world.effects.labels.some((label) => label.includes("publish timeseries/2024/01/03")),
  );
  const key = "timeseries/2024/01/02/site_a.parquet";
  const object = world.archive.objects.get(key);
  if (!object) throw new Error("the day is not published");
  world.tampered = true;
  world.archive.objects.set(key, { ...object, bytes: object.bytes.slice(0, 100) });
  await world.run();
  expect(daysWithoutRollup(world, "site_a")).toEqual(["2024-01-02"]);
  const counts = { days_held: 2, days_lacking: 0, days_skipped: 1 };
  expect(await rollupsOver(world)).toMatchObject({ hourly: counts, raw: counts });
  const { errors } = await world.ask((coordinator) => coordinator.errors(ALL, 10));
  expect(errors.map(({ backfill_id, context }) => [backfill_id, context.date])).toEqual([
    ["rollup", "2024-01-02"],
    ["rollup", "2024-01-02"],
  ]);
  await world.start("2024-01-02", "2024-01-02", FORCE);
  await world.run();
  expect(daysWithoutRollup(world, "site_a")).toEqual([]);
});

test.each(
  (["quick", "full"] as const).flatMap((mode) => [
    [mode, KEY, "2024-Q1"] as const,
    [mode, MONTH_KEY, "2024-01"] as const,
  ]),
)("a %s audit finds %s wrong, and it is made again", async (mode, key, period) => {
  const world = await completed();
  const content = rollupContentOf(world)[key];
  const verify = async () => {
    await world.ask((coordinator) => coordinator.verify({ mode, ...ALL }));
    await world.run();
    return (await world.ask((coordinator) => coordinator.audits()))[0];
  };
  expect(await verify()).toMatchObject({ outcome: "ok", rollups: { checked: 2, ok: 2, problems: [] } });
  const object = world.archive.objects.get(key);
  if (!object) throw new Error("there is no roll-up");
  const damaged = object.bytes.slice();
  damaged[50] = (damaged[50] ?? 0) ^ 1;
  const wrongs = [
    ["the roll-up is missing", () => world.archive.objects.delete(key)],
    ["its hash differs", () => world.archive.place(key, damaged, { ...object.metadata }, "00")],
    ...(mode === "full"
      ? ([
          [
            "the content differs from its hash",
            () => world.archive.objects.set(key, { ...object, bytes: damaged }),
          ],
        ] as const)
      : []),
  ] as const;
  for (const [problem, tamper] of wrongs) {
    tamper();
    const audit = await verify();
    expect(audit).toMatchObject({ outcome: "problems", problems_total: 0 });
    expect(audit?.rollups?.problems).toEqual([{ period, problem: expect.stringContaining(problem) }]);
    expect(rollupContentOf(world)[key]).toBe(content);
  }
  await expectComplete(world);
});

test("a rebuilt ledger takes over the roll-ups of its days, and clears others", async () => {
  const world = await completed();
  const etags = () => KEYS.map((key) => world.archive.objects.get(key)?.etag);
  const before = etags();
  world.site("site_a").lose();
  await world.pass(60_000);
  world.tampered = true;
  await world.ask((coordinator) => coordinator.rebuild());
  await world.run();
  expect(etags()).toEqual(before);
  const counts = { periods: 1, days_held: 4 };
  expect(await rollupsOver(world)).toMatchObject({ state: "idle", hourly: counts, raw: counts });
  // Another client has replaced a day, which the ledger learns by the rebuild.
  const dayKey = "timeseries/2024/01/03/site_a.parquet";
  const object = world.archive.objects.get("timeseries/2024/01/02/site_a.parquet");
  if (!object) throw new Error("there is no day");
  world.archive.place(dayKey, object.bytes, { ...object.metadata }, object.sha256);
  await world.ask((coordinator) => coordinator.rebuild());
  await world.run(() => rollupsOf(world).size === 0);
  const [audit] = await world.ask((coordinator) => coordinator.audits());
  expect(audit?.rollups?.problems).toMatchObject([{ period: "2024-Q1" }, { period: "2024-01" }]);
  await world.run();
  expect(daysWithoutRollup(world, "site_a")).toEqual([]);
});

test("after a lost ledger no day is published beside a roll-up that may describe it", async () => {
  for (const steps of [1, 40, 200]) {
    const world = await completed({ seed: steps });
    world.site("site_a").lose();
    world.tampered = true;
    world.vendor.relist("site_a", (listed) => listed.slice(1));
    await world.start("2024-01-01", "2024-01-04", FORCE);
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success" });
    expect(await rollupFaults(world)).toEqual([]);
    expect(daysWithoutRollup(world, "site_a")).toEqual([]);
  }
});

test("while R2 refuses roll-ups, days are published, the failure is shown, and they are made later", async () => {
  const world = new World();
  world.effects.break({ on: /publish rollups/, mode: "fail before", times: Number.POSITIVE_INFINITY });
  await world.start("2024-01-01", "2024-01-02");
  await world.pass(HOUR);
  expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
  expect(await rollupsOver(world)).toMatchObject({
    state: "waiting",
    hourly: { periods: 0, days_lacking: 2 },
    raw: { periods: 0, days_lacking: 2 },
  });
  const { errors } = await world.ask((coordinator) => coordinator.errors(ALL, 10));
  const failed = errors.map(({ backfill_id, context }) => [backfill_id, context.period]).sort();
  expect(failed).toEqual([
    ["rollup", "2024-01"],
    ["rollup", "2024-Q1"],
  ]);
  const tries = world.effects.labels.filter((label) => label.includes("publish rollups")).length;
  expect(tries).toBeLessThan(30);
  world.effects.restore();
  await world.pass(2 * HOUR);
  await world.run();
  await expectComplete(world);
});

test("roll-ups are made while the vendor is waited for, and a job that can go on goes first", async () => {
  const world = new World({ config: { requestsPerMinute: 60 } });
  world.vendor.faults.add({
    on: "samples",
    day: "2024-01-03",
    times: 1,
    effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 600 } },
  });
  await world.start("2024-01-01", "2024-01-04");
  await world.run(() => rollupsOf(world).size === 1);
  // That of the month waits until the job has ended.
  expect([...rollupsOf(world).keys()]).toEqual([KEY]);
  expect(await world.status()).toMatchObject({ status: "in_progress" });
  await world.run();
  await expectComplete(world);
});

test("cancel is answered while a roll-up is made, and the roll-up is completed", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-03");
  await world.run(() => world.archive.objects.size >= 2);
  await world.cancel();
  world.archive.late.next(/publish rollups/, 20_000);
  await world.run(() => world.effects.labels.some((label) => label.includes("publish rollups")));
  await world.start("2024-01-01", "2024-01-09");
  const begun = world.scheduler.now;
  expect(await world.cancel()).toMatchObject({ kind: "cancelled", sites_stopping: [] });
  expect(world.scheduler.now - begun).toBeLessThan(10_000);
  await world.run();
  expect(await rollupFaults(world)).toEqual([]);
  expect(daysWithoutRollup(world, "site_a")).toEqual([]);
});

test("a month is made once it is over, and hot storage has none of its days", async () => {
  const world = new World({ begins: "2024-01-31T23:00:00Z" });
  await world.start("2024-01-30", "2024-01-30");
  await world.run();
  expect([...rollupsOf(world).keys()]).toEqual([KEY]);
  expect(await rollupsOver(world)).toMatchObject({ state: "idle", raw: { days_lacking: 0 } });
  await world.pass(2 * HOUR);
  await world.askSite("site_a", (site) => site.report());
  await world.run();
  expect([...rollupsOf(world).keys()].sort()).toEqual(KEYS);
  await expectComplete(world);
});

test("a point with more samples than a row group, and one without on some days, are as in the days", async () => {
  const world = await completed({
    vendor: { pointsPerSite: 3, samplesPerDay: 60_000, silent: 1 },
    config: { rowGroupSize: 7_000, pageSize: 50_000 },
    steps: { runSamples: 50_000, sliceSamples: 9_000 },
  });
  await expectComplete(world);
});
