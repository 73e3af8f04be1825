import { expect, test } from "vitest";
import type { DayEvidence } from "../../../src/domain/evidence.ts";
import { HOT_SAMPLES_A_CALL, type HotSamples } from "../../../src/ports/due.ts";
import { readWithHyparquet } from "../../reference/other-readers.ts";
import { rowsOf, servedRows, stagedRows, storedRows } from "../harness/inspect.ts";
import { day, World, type WorldOptions } from "../harness/world.ts";

/** Rows that only hot storage has: of points that are no longer configured, or that the API does not send. */

const SITE = "site_a";
const DUE = day("2025-05-30");
const START = Date.parse(`${DUE}T00:00:00Z`);
const KEY = `timeseries/2025/05/30/${SITE}.parquet`;
const GONE = "ses/site_a/weather/Rain \u{1F327}";

const series = (name: string, ...rows: readonly (readonly [ms: number, value: number])[]) => ({
  name,
  ms: Float64Array.from(rows, ([ms]) => START + ms),
  value: Float64Array.from(rows, ([, value]) => value),
});
const GONE_ROWS = series(GONE, [0, 1.5], [60_000, -0], [86_399_999, 7]);
const goneLines = [
  `${GONE} ${START} 1.5 ${SITE}`,
  `${GONE} ${START + 60_000} -0 ${SITE}`,
  `${GONE} ${START + 86_399_999} 7 ${SITE}`,
];

const add = (world: World, ...points: HotSamples["points"]) => world.addHotSamples(SITE, DUE, { points });
const due = (world: World) => [{ date: DUE, fetchedSince: world.scheduler.now }];

async function archived(options?: WorldOptions) {
  const world = new World(options);
  const list = due(world);
  await world.setDue(SITE, list);
  await world.run();
  return { world, list };
}

const evidenceOf = (world: World) => {
  const [row] = rowsOf<{ published: string }>(
    world.site(SITE),
    "SELECT published FROM day WHERE date = ?",
    DUE,
  );
  return (JSON.parse(row?.published ?? "{}") as { evidence: DayEvidence }).evidence;
};

const stateOf = async (world: World, list: ReturnType<typeof due>) =>
  (await world.setDue(SITE, list)).days.map(({ state }) => state);

test("rows that only hot storage has are in the day's next object, in union with the API's, and counted", async () => {
  const { world, list } = await archived();
  const served = servedRows(world, SITE, DUE);
  await add(world, GONE_ROWS);
  // The day is not done before they are in its object.
  expect(await stateOf(world, list)).not.toEqual(["published"]);
  await world.run();
  expect(await stateOf(world, list)).toEqual(["published"]);
  expect(new Set(await storedRows(world, KEY))).toEqual(new Set([...served, ...goneLines]));
  const { content, transport } = evidenceOf(world);
  expect(transport.fromHot).toBe(3);
  expect(content.written).toBe(served.length + 3);
  expect(stagedRows(world)).toBe(0);
  const [view] = await world.ask((rules) => rules.days({ from: DUE, to: DUE }, 1));
  expect(view).toMatchObject({ evidence: { from_hot: 3 }, due: { state: "published" } });
});

test("a later fetch of the day keeps them: a restart by force, an abandoned replacement, a rebuilt ledger", async () => {
  const acts: ((world: World) => Promise<void>)[] = [
    async () => undefined,
    async (world) => {
      // The put of another content is abandoned after it has begun.
      world.vendor.relist(SITE, (listed) => listed.slice(1));
      world.effects.break({ on: /site_a archive\.publish timeseries/, mode: "late" });
      await world.start(DUE, DUE, { force_restart: true });
      await world.run(() => rowsOf(world.site(SITE), "SELECT 1 FROM staging WHERE replacing = 1").length > 0);
      await world.start(DUE, DUE, { force_restart: true });
    },
    async (world) => {
      // A lost site does not remember what it has put.
      world.limits.keepsDistance = false;
      world.site(SITE).lose();
      world.coordinator.lose();
      await world.ask((rules) => rules.rebuild());
      await world.run();
    },
  ];
  for (const act of acts) {
    const { world } = await archived();
    await add(world, GONE_ROWS);
    await world.run();
    await act(world);
    world.vendor.relist(SITE, (listed) => listed.slice(2));
    for (let repetitions = 0; repetitions < 2; repetitions++) {
      await world.start(DUE, DUE, { force_restart: true });
      await world.run();
      const rows = new Set(await storedRows(world, KEY));
      for (const line of [...goneLines, ...servedRows(world, SITE, DUE)]) expect(rows).toContain(line);
      expect(evidenceOf(world).transport.fromHot).toBeGreaterThanOrEqual(3);
    }
    expect(stagedRows(world)).toBe(0);
  }
});

test("where both have a row of one millisecond, the API's stays, greater or not", async () => {
  const { world } = await archived({
    config: { points: "all" },
    vendor: { samplesPerDay: 2_000, pointsPerSite: 60, unconfigured: 25 },
  });
  const configured = new Set(world.vendor.configured(SITE));
  const read = async () => {
    const object = world.archive.objects.get(KEY);
    return object ? readWithHyparquet(object.bytes) : [];
  };
  const sent = (await read()).filter(({ point_name }) => !configured.has(point_name));
  const [first, second] = sent;
  if (!first || !second || first.point_name !== second.point_name) throw new Error("no such point");
  const at = first.timestamp - START;
  await add(
    world,
    series(
      first.point_name,
      ...([
        [at, 1e300],
        [at + 1, 5],
        [second.timestamp - START, -1e300],
      ] as const),
    ),
  );
  await world.run();
  const own = (await read()).filter(({ point_name }) => point_name === first.point_name);
  expect(own.find(({ timestamp }) => timestamp === first.timestamp)?.value).toBe(first.value);
  expect(own.find(({ timestamp }) => timestamp === second.timestamp)?.value).toBe(second.value);
  expect(own.find(({ timestamp }) => timestamp === first.timestamp + 1)?.value).toBe(5);
  expect(evidenceOf(world).transport.fromHot).toBe(3);
});

test("rows of a second call replace those of the first; rows that come during a fetch are in it or wait for the next", async () => {
  const { world, list } = await archived({
    config: { requestsPerMinute: 30, aceTimeoutMs: 200_000 },
    vendor: { pointsPerSite: 12, samplesPerDay: 150, latency: { ms: 5_000 } },
  });
  await add(world, series(GONE, [5, 5]), series("another", [7, 7]));
  await world.run(() => rowsOf(world.site(SITE), "SELECT 1 FROM staging").length > 0);
  await add(world, GONE_ROWS);
  await world.pass(20_000);
  await add(world, series("late", [9, 9]));
  await world.run();
  expect(await stateOf(world, list)).toEqual(["published"]);
  const rows = new Set(await storedRows(world, KEY));
  for (const line of [...goneLines, `another ${START + 7} 7 ${SITE}`, `late ${START + 9} 9 ${SITE}`])
    expect(rows).toContain(line);
  expect(rows).not.toContain(`${GONE} ${START + 5} 5 ${SITE}`);
  expect(stagedRows(world)).toBe(0);
});

test("many rows are added in bounded runs, whatever dies", async () => {
  const world = new World({
    steps: { runSamples: 500, sliceSamples: 700 },
    config: { rowGroupSize: 300 },
  });
  const list = due(world);
  const points = Array.from({ length: 40 }, (_, point) =>
    series(`gone/${point}`, ...Array.from({ length: 100 }, (__, row) => [row * 1_000, point + row] as const)),
  );
  await world.addHotSamples(SITE, DUE, { points });
  await world.setDue(SITE, list);
  for (let kills = 0; kills < 15; kills++) {
    await world.pass(300);
    world.site(SITE).kill();
  }
  await world.run();
  await world.start(DUE, DUE, { force_restart: true });
  for (let kills = 0; kills < 15; kills++) {
    await world.pass(500);
    world.isolateDies();
  }
  await world.run();
  const rows = await storedRows(world, KEY);
  expect(rows.filter((line) => line.startsWith("gone/"))).toHaveLength(4_000);
  expect(evidenceOf(world).transport.fromHot).toBe(4_000);
  expect(stagedRows(world)).toBe(0);
});

test("rows that can't be meant are refused, and nothing of their call is stored", async () => {
  const world = new World();
  const good = series("good", [1, 1]);
  const bad = [
    series("", [1, 1]),
    series("x".repeat(3_000), [1, 1]),
    series("empty"),
    series("unordered", [2, 1], [1, 1]),
    series("twice", [1, 1], [1, 2]),
    series("outside", [-1, 1]),
    series("outside", [86_400_000, 1]),
    series("broken", [1, Number.NaN]),
    series("fraction", [1.5, 1]),
    { ...series("lengths", [1, 1]), value: new Float64Array(2) },
    {
      name: "many",
      ms: new Float64Array(HOT_SAMPLES_A_CALL + 1),
      value: new Float64Array(HOT_SAMPLES_A_CALL + 1),
    },
  ];
  for (const each of bad) await expect(add(world, good, each)).rejects.toThrow(/point|has|samples/);
  expect(stagedRows(world)).toBe(0);
});
