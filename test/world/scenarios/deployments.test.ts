import { expect, test } from "vitest";
import { Chance } from "../harness/chance.ts";
import {
  contentOf,
  ledgerOf,
  rollupContentOf,
  rowsOf,
  servedRows,
  stagedRows,
  storedRows,
  viewLags,
} from "../harness/inspect.ts";
import { siteNamed, World, type WorldOptions } from "../harness/world.ts";

const TWO: WorldOptions = { sites: ["site_a", "site_b"] };
const FROM = "2024-01-01";
const TO = "2024-01-02";

async function finished(world: World) {
  await world.run();
  const status = await world.status();
  await world.run();
  return {
    status: `${status.status} ${status.outcome} ${status.days_completed}/${status.days_total}`,
    content: contentOf(world),
    ledger: ledgerOf(world),
    staged: stagedRows(world),
    lags: viewLags(world),
  };
}

async function unharmed(options: WorldOptions, to = TO) {
  const world = new World(options);
  await world.start(FROM, to);
  return finished(world);
}

async function steps(world: World, count: number): Promise<void> {
  let left = count;
  await world.run(() => left-- <= 0);
}

/** Of all attempts, at every site. */
const crashes = (world: World) =>
  [...world.sites.values()].flatMap((site) =>
    rowsOf<{ crashes: number }>(site, "SELECT crashes FROM attempt"),
  );

test("deployments at any moment, with another page size and limit, lead to the same bytes", async () => {
  const usual = await unharmed(TWO);
  for (let seed = 1; seed <= 10; seed++) {
    const world = new World({ ...TWO, seed });
    const chance = new Chance(seed);
    await world.start(FROM, TO);
    for (const changes of [{ pageSize: 50 }, { requestsPerMinute: 900 }, { pageSize: 500 }]) {
      await steps(world, 10 + chance.below(80));
      world.deploy(changes);
    }
    expect(await finished(world), `seed ${seed}`).toEqual(usual);
  }
});

test("ten deployments within one run of pages fail no day, and are no crashes", async () => {
  const world = new World({ config: { requestsPerMinute: 60 } });
  await world.start(FROM, FROM);
  for (let count = 0; count < 10; count++) {
    await world.pass(2_000);
    world.deploy();
    expect(crashes(world).every((row) => row.crashes === 0)).toBe(true);
  }
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 1 });
});

test("three deaths of the same code on the same work still fail its day", async () => {
  const world = new World({ config: { requestsPerMinute: 60 } });
  await world.start(FROM, FROM);
  world.deploy();
  for (let count = 0; count < 3; count++) {
    await world.run(() => crashes(world).length > 0);
    world.site("site_a").kill();
    await world.pass(1_000);
    await world.status();
  }
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "partial", days_failed: 1 });
});

test("another row group size restarts staged days, and each file has one size", async () => {
  for (const after of [60, 140, 200]) {
    const world = new World();
    await world.start(FROM, TO);
    await steps(world, after);
    world.deploy({ rowGroupSize: 37 });
    await world.run();
    expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 2 });
    expect(stagedRows(world)).toBe(0);
    for (const key of world.archive.days.keys()) {
      const date = key.slice(11, 21).replaceAll("/", "-");
      const stored = await storedRows(world, key);
      expect(stored, `after ${after} steps`).toEqual(servedRows(world, "site_a", date));
    }
  }
});

test("a site that is removed from the configuration is finished by its job and is in no new job", async () => {
  const world = new World(TWO);
  await world.start(FROM, TO);
  await steps(world, 60);
  world.deploy({ sites: [siteNamed("site_a")] });
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4, days_total: 4 });
  await world.start(FROM, "2024-01-03");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_total: 3 });
  expect(world.archive.objects.has("timeseries/2024/01/03/site_b.parquet")).toBe(false);
});

test("an added site joins with the next start, and completed days of the others are skipped", async () => {
  const world = new World({ sites: ["site_a"], vendor: { sites: ["site_a", "site_b"] } });
  await world.start(FROM, TO);
  await steps(world, 60);
  world.deploy({ sites: ["site_a", "site_b"].map(siteNamed) });
  expect((await world.start(FROM, TO)).kind).toBe("conflict");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_total: 2 });
  const asked = world.vendor.arrivals.length;
  expect((await world.start(FROM, TO)).kind).toBe("started");
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_completed: 4, days_total: 4 });
  expect(
    world.vendor.arrivals.slice(asked).filter((one) => one.site === "site_a" && one.kind === "samples"),
  ).toEqual([]);
});

test("a hundred evictions of objects between two ticks cost no work and are not counted as crashes", async () => {
  // Three failed days in a row are taken for an outage.
  const usual = await unharmed(TWO, "2024-01-05");
  const world = new World(TWO);
  await world.start(FROM, "2024-01-05");
  await steps(world, 80);
  const fault = world.vendor.faults.add({ effect: { do: "status", status: 503 } });
  let evictions = 0;
  while (evictions < 100) {
    await world.pass(50_000);
    for (const object of [world.coordinator, world.gate, ...world.sites.values()]) {
      // The platform does not evict an object that waits for a response.
      if (object.busy || crashes(world).length > 0) continue;
      object.kill();
      evictions += 1;
    }
  }
  expect((await world.status()).sites.map((site) => site.state)).toEqual(["waiting", "waiting"]);
  world.vendor.faults.clear(fault);
  expect(await finished(world)).toEqual(usual);
});

/** Files have several row groups, each in a slice of its own. */
const SLICES: WorldOptions = {
  seed: 1,
  config: { rowGroupSize: 130, pageSize: 1_000 },
  vendor: { pointsPerSite: 60, samplesPerDay: 1_200, silent: 1 },
  steps: { runSamples: 500, sliceSamples: 60 },
};

test("a file that another format version has begun is begun again, from the blocks that are staged", async () => {
  const usual = await unharmed(SLICES);
  const world = new World(SLICES);
  await world.start(FROM, TO);
  const begun = () =>
    rowsOf<{ date: string }>(
      world.site("site_a"),
      "SELECT date FROM staging WHERE phase = 'merging' AND file_position ->> '$.merge.rows' > 400",
    );
  await world.run(() => begun().length > 0);
  const asked = () => world.vendor.arrivals.length;
  const before = asked();
  world.site("site_a").db.tx((sql) => {
    const [{ date } = { date: "" }] = begun();
    sql.run(
      "UPDATE staging SET file_position = json_remove(file_position, '$.formatVersion') WHERE date = ?",
      date,
    );
    // As the other version encoded them.
    sql.run("UPDATE part SET data = zeroblob(length(data)) WHERE date = ?", date);
  });
  world.deploy();
  expect(await finished(world)).toEqual(usual);
  expect(asked() - before).toBeLessThan(before);
});

test("a roll-up that another format version has begun is begun again", async () => {
  const usual = new World(SLICES);
  await usual.start(FROM, TO);
  await usual.run();
  const world = new World(SLICES);
  await world.start(FROM, TO);
  const begun = () =>
    rowsOf<{ period: string }>(
      world.site("site_a"),
      `SELECT period FROM rollup WHERE body ->> '$.build.position.rows' > 100 AND body ->> '$.build.file' IS NULL`,
    );
  await world.run(() => begun().length > 0);
  // A month, whose points have row groups of their own.
  const [{ period } = { period: "" }] = begun();
  expect(period).toBe("2024-01");
  world.site("site_a").db.tx((sql) => {
    sql.run("UPDATE rollup SET body = json_remove(body, '$.build.formatVersion') WHERE period = ?", period);
    sql.run("UPDATE part SET data = zeroblob(length(data)) WHERE date = ?", period);
  });
  world.deploy();
  await world.run();
  expect(rollupContentOf(world)).toEqual(rollupContentOf(usual));
});
