import { expect, test } from "vitest";
import { contentOf, rowsOf, servedRows, stagedRows, storedRows } from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";

const DAY = "2024-01-01";
const KEY = `timeseries/2024/01/01/site_a.parquet`;
const VENDOR = { samplesPerDay: 2_000, pointsPerSite: 60, unconfigured: 25, silent: 5 };
const ALL = { config: { points: "all", pageSize: 50 }, vendor: VENDOR } as const;

/** Runs a day to its end, and compares its file and its counts with what the vendor has. */
async function finish(world: World) {
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 1 });
  const rows = await storedRows(world, KEY);
  expect(rows).toEqual(servedRows(world, "site_a", DAY));
  expect(stagedRows(world)).toBe(0);
  const [view] = await world.ask((coordinator) => coordinator.days({}, 1));
  return { rows, view };
}

async function started(options: ConstructorParameters<typeof World>[0] = ALL): Promise<World> {
  const world = new World(options);
  await world.start(DAY, DAY);
  return world;
}

test("where all points are kept, points without configuration are in the file, in its order, and named", async () => {
  const world = await started();
  const { rows, view } = await finish(world);
  const listed = new Set(world.vendor.configured("site_a"));
  const others = rows.filter((line) => !listed.has(line.replace(/ \d+ \S+ site_a$/, "")));
  expect(others.length).toBeGreaterThan(100);
  expect(view?.evidence).toMatchObject({ unconfigured: 0, points: 60, written: rows.length });
  expect(view?.evidence?.unconfigured_names).toHaveLength(20);
});

test("where all points are kept, a site without any configured point has its samples", async () => {
  const world = await started({ ...ALL, vendor: { ...VENDOR, unconfigured: 60, silent: 0 } });
  expect(world.vendor.configured("site_a")).toEqual([]);
  const { rows } = await finish(world);
  expect(rows.length).toBeGreaterThan(1_000);
});

test("a site without configured points halts where only those are kept", async () => {
  const world = await started({ vendor: { ...VENDOR, unconfigured: 60, silent: 0 } });
  await world.run();
  expect(await world.status()).toMatchObject({ status: "halted" });
});

test.each([
  ["other pages and windows", { ...ALL, seed: 2, config: { points: "all", pageSize: 1_000 } }],
  ["every point configured", { vendor: { ...VENDOR, unconfigured: 0 } }],
] as const)("the file is the same with %s", async (_, options) => {
  const world = await started();
  await finish(world);
  const other = await started(options);
  await finish(other);
  expect(contentOf(other)).toEqual(contentOf(world));
});

test.each(["effect, then fail", "die before", "die after"] as const)(
  "the file is the same wherever a transaction of the site is broken (%s)",
  async (mode) => {
    const options = { ...ALL, steps: { runSamples: 150, sliceSamples: 300 } };
    const unharmed = await started(options);
    await finish(unharmed);
    const transactions = unharmed.effects.labels.filter((label) => TRANSACTION.test(label)).length;
    expect(transactions).toBeGreaterThan(30);
    for (let skip = 5; skip < transactions; skip += Math.ceil(transactions / 7)) {
      const world = await started(options);
      world.effects.break({ on: TRANSACTION, skip, times: 1, mode });
      await finish(world);
      expect(contentOf(world)).toEqual(contentOf(unharmed));
    }
  },
);

const TRANSACTION = /^site_a store\.tx/;

test("a changed choice of points discards what was fetched, in either direction", async () => {
  for (const [before, after] of [
    ["configured", "all"],
    ["all", "configured"],
  ] as const) {
    const world = await started({ ...ALL, config: { points: before, pageSize: 10, requestsPerMinute: 60 } });
    await world.run(() => stagingId(world) !== undefined && blocks(world) > 0);
    const token = stagingId(world);
    world.deploy({ points: after });
    await world.run(() => stagingId(world) !== token);
    expect(world.archive.days.size).toBe(0);
    await finish(world);
  }
});

const stagingId = (world: World) =>
  rowsOf<{ staging_id: string }>(world.site("site_a"), "SELECT staging_id FROM staging")[0]?.staging_id;
const blocks = (world: World) =>
  rowsOf<{ blocks: number }>(world.site("site_a"), "SELECT count(*) AS blocks FROM block")[0]?.blocks ?? 0;

test("names that a file can't hold are rejected, and the rest of the day is kept", async () => {
  const world = new World(ALL);
  const configured = new Set(world.vendor.configured("site_a"));
  const others = [...new Set(Array.from(world.vendor.truth("site_a", day(DAY)), ({ name }) => name))]
    .filter((name) => !configured.has(name))
    .sort();
  const bad = new Map([
    [others[0] ?? "", ""],
    [others[1] ?? "", "x".repeat(2_049)],
    [others[2] ?? "", "\ud800"],
  ]);
  world.vendor.rename("site_a", (name) => bad.get(name) ?? name);
  await world.start(DAY, DAY);
  await world.run();
  const expected = servedRows(world, "site_a", DAY).filter((line) => !/^( |x{2049} |\ud800 )/.test(line));
  expect(await storedRows(world, KEY)).toEqual(expected);
  const [view] = await world.ask((coordinator) => coordinator.days({}, 1));
  expect(view?.evidence?.rejected.shape).toBeGreaterThan(0);
  const shapes = view?.evidence?.rejected_examples?.filter(({ reason }) => reason === "shape");
  expect(shapes?.map(({ value }) => value)).toEqual(["", "x".repeat(40), "\ufffd"]);
});

test("a day with samples of more points than a day may have fails with that reason", async () => {
  const world = await started();
  const site = world.site("site_a");
  await world.run(() => blocks(world) > 0);
  site.db.tx((sql) => {
    for (let id = 0; id < 200_000; id += 1)
      sql.run("INSERT INTO unlisted_point VALUES (?, ?, ?)", DAY, Buffer.from(`~${id}`), 100_000 + id);
    sql.run("DELETE FROM unlisted_point WHERE id < 100000");
  });
  await world.run();
  const [view] = await world.ask((coordinator) => coordinator.days({}, 1));
  expect(view?.status).toBe("failed");
  expect(view?.failure?.message).toContain("too many points");
  expect(stagedRows(world)).toBe(0);
});
