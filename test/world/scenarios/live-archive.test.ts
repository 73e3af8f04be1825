import { expect, test } from "vitest";
import { addDays, dayStartMs, type UtcDay } from "../../../src/domain/day.ts";
import { truthOf } from "../../reference/truth.ts";
import { HOUR, LIVELY, live, liveWorld, MINUTE, reportOf, STEADY } from "../harness/live.ts";
import type { World } from "../harness/world.ts";
import { hotDays } from "../harness/world-hot.ts";

const D1 = "2025-06-01" as UtcDay;
const D2 = addDays(D1, 1);
const keyOf = (day: string) => `timeseries/${day.replaceAll("-", "/")}/site_a.parquet`;
const dayOf = (world: World, day: string) => hotDays(world.hot).find((row) => row.day === day);

test("each day is archived some hours after its end, without anybody starting anything", async () => {
  const world = liveWorld({ begins: "2025-06-01T22:00:00Z", etl: { archiveAfterHours: 3 } });
  await live(world, 4 * HOUR + 50 * MINUTE);
  expect(world.archive.days.size).toBe(0);
  await world.pass(30 * MINUTE);
  expect([...world.archive.days.keys()]).toEqual([keyOf(D1)]);
  expect(await reportOf(world)).toMatchObject({
    due_days: [{ date: D1, state: "published", reason: "archive" }],
  });
});

test("hot reads a day again that is published, and finds what came after its last reading", async () => {
  const late = { share: 0.1, msMin: 10_000, msMax: 5 * HOUR };
  const world = liveWorld({
    begins: "2025-06-01T22:00:00Z",
    etl: { firstSyncHours: 23 },
    vendor: { present: { ...LIVELY.present, late } },
  });
  await live(world, 3 * HOUR);
  expect(dayOf(world, D1)).toMatchObject({ whole: 1, version: 1 });
  const before = dayOf(world, D1)?.samples ?? 0;
  await world.pass(5 * HOUR + 30 * MINUTE);
  expect(dayOf(world, D1)).toMatchObject({ whole: 1, version: 2 });
  expect(dayOf(world, D1)?.samples).toBeGreaterThan(before);
  expect(await reportOf(world)).toMatchObject({ state: "current", windows_missing: 0 });
});

test("a job that publishes a day which hot has makes hot read it again, and no older value is ever answered", async () => {
  const corrected = { share: 0.3, msMin: 30_000, msMax: 20 * HOUR };
  const world = liveWorld({
    begins: "2025-06-01T22:00:00Z",
    etl: { firstSyncHours: 23, archiveAfterHours: 3 },
    vendor: { present: { ...LIVELY.present, corrected } },
  });
  await live(world, 4 * HOUR);
  const [fromMs, toMs] = [dayStartMs(D1) + HOUR, dayStartMs(D2)];
  const names = world.vendor.configured("site_a");
  const answer = async () => {
    const series = await world.reader.series("site_a", names, fromMs, toMs);
    const rows = [...series].flatMap(([name, { ms, value }]) =>
      Array.from(ms, (at, row): [string, number | undefined] => [`${name} ${at}`, value[row]]),
    );
    return new Map(rows);
  };
  /** Rows that were right once are never wrong again. */
  const right = new Set<string>();
  const truth = lastWords(world, names, fromMs, toMs);
  for (let quarter = 0; quarter < 60; quarter++) {
    if (quarter % 20 === 10) await world.start(D1, D1, { force_restart: true });
    await world.pass(3 * MINUTE);
    const found = await answer();
    for (const [row, value] of truth) {
      const isRight = Object.is(found.get(row), value);
      if (right.has(row) && !isRight) throw new Error(`${row} is ${found.get(row)} again`);
      if (isRight) right.add(row);
    }
  }
  expect(right.size).toBeGreaterThan(1_000);
  expect(dayOf(world, D1)).toMatchObject({ whole: 1, version: 5 });
});

/** What the rows of configured points are in the end. */
function lastWords(world: World, names: readonly string[], from: number, to: number): Map<string, number> {
  const truth = () => world.vendor.truthOf("site_a", { from, to }, to + 30 * HOUR);
  const { rows } = truthOf({ configured: () => [...names], truth }, "site_a", "");
  return new Map(rows.map(({ point_name, timestamp, value }) => [`${point_name} ${timestamp}`, value]));
}

test("a day that can't be archived is tried again, is told of, and stays in hot storage", async () => {
  const world = liveWorld({ begins: "2025-06-01T22:00:00Z", etl: { archiveAfterHours: 1 } });
  await live(world, HOUR);
  world.effects.break({ on: /^site_a archive\./, mode: "fail before", times: 10_000 });
  world.answers.excuse(4 * HOUR);
  await world.pass(3 * HOUR);
  const { alerts, due_days } = await reportOf(world);
  expect(due_days).toMatchObject([{ date: D1, state: "failed", error: expect.any(String) }]);
  expect(alerts).toMatchObject([{ alert: "roll_over_failing", day: D1 }]);
  world.effects.restore();
  await world.pass(30 * MINUTE);
  expect(await reportOf(world)).toMatchObject({ alerts: [], due_days: [{ state: "published" }] });
});

test("samples that only hot storage has are answered also while the day is still to be read again", async () => {
  const world = liveWorld({ begins: "2025-06-01T22:00:00Z", etl: { archiveAfterHours: 3 }, vendor: STEADY });
  await live(world, HOUR);
  const names = new Set(world.vendor.names("site_a"));
  const [name = ""] = world.vendor.configured("site_a").filter((each) => names.has(each));
  const stored = async () =>
    (await world.reader.series("site_a", [name], dayStartMs(D1), dayStartMs(D2))).get(name)?.ms.length ?? 0;
  world.vendor.relist("site_a", (listed) => listed.filter((point) => point.name !== name));
  await world.pass(2 * HOUR);
  const before = await stored();
  expect(before).toBeGreaterThan(50);
  // The object of the day has nothing of the point, and the API breaks down as soon as it is published.
  await world.run(() => world.archive.days.size > 0);
  world.vendor.faults.add({ on: "any", effect: { do: "status", status: 503 } });
  world.answers.excuse(2 * HOUR);
  await world.pass(HOUR);
  expect(await stored()).toBe(before);
});
