import { expect, test } from "vitest";
import { rowsOf } from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";

/** Hot storage stops answering alone for a day before the day's object is replaced. */

const SITE = "site_a";
const DAYS = ["2025-05-29", "2025-05-30"] as const;
const HOUR_MS = 3_600_000;

/** Hot storage vouches for both days. */
function vouching(world: World): void {
  const { db } = world.hot.store;
  db.exec(`INSERT INTO sites (id, name, epoch, since_ms) VALUES (1, '${SITE}', 1, 0)`);
  for (const date of DAYS)
    db.exec(
      `INSERT INTO days (site_id, day, version, whole, released, samples) VALUES (1, '${date}', 7, 1, 0, 9)`,
    );
}

const hotDays = (world: World) =>
  world.hot.store.db
    .prepare("SELECT day, whole, version FROM days ORDER BY day")
    .all()
    .map((row) => `${row.day} ${row.whole} ${row.version}`);

const dueDay = (world: World, date: string) => ({ date: day(date), fetchedSince: world.scheduler.now });

test("a job and a due day stop the vouching for their days, once each, and only from the first hot day on", async () => {
  const world = new World();
  vouching(world);
  await world.setDue(SITE, [dueDay(world, DAYS[1])], { hotFrom: day(DAYS[1]) });
  await world.run();
  expect(hotDays(world)).toEqual([`${DAYS[0]} 1 7`, `${DAYS[1]} 0 8`]);
  await world.start(DAYS[0], DAYS[1], { force_restart: true });
  await world.run();
  // The day before hotFrom has left hot storage, and an object with the same content is not replaced.
  expect(hotDays(world)).toEqual([`${DAYS[0]} 1 7`, `${DAYS[1]} 0 8`]);
  world.vendor.relist(SITE, (listed) => listed.slice(1));
  await world.start(DAYS[0], DAYS[1], { force_restart: true });
  await world.run();
  expect(hotDays(world)).toEqual([`${DAYS[0]} 1 7`, `${DAYS[1]} 0 9`]);
});

test("nothing is asked of a database without tables, nor where nobody has named a hot day", async () => {
  const bare = new World();
  for (const table of ["blocks", "windows", "days", "points", "sites"])
    bare.hot.store.db.exec(`DROP TABLE IF EXISTS ${table}`);
  await bare.setDue(SITE, [dueDay(bare, DAYS[1])], { hotFrom: day(DAYS[0]) });
  await bare.run();
  expect(bare.archive.days.size).toBe(1);

  const world = new World();
  vouching(world);
  await world.start(...DAYS);
  await world.run();
  expect(hotDays(world)).toEqual(DAYS.map((date) => `${date} 1 7`));
});

test("an upload waits for hot storage that does not answer, and its day does not fail for some minutes", async () => {
  const world = new World();
  vouching(world);
  world.effects.break({ on: /hot\.stopVouching/, mode: "fail before", times: 5 });
  await world.setDue(SITE, [], { hotFrom: day(DAYS[0]) });
  await world.start(DAYS[1], DAYS[1]);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", days_failed: 0 });
  expect(world.logs.filter(({ level }) => level !== "INFO")).toEqual([]);
  expect(hotDays(world)).toEqual([`${DAYS[0]} 1 7`, `${DAYS[1]} 0 8`]);
});

test("hot storage that is away for an hour holds the file for upload; a due day is uploaded when it is back", async () => {
  const world = new World();
  vouching(world);
  world.effects.break({ on: /hot\.stopVouching/, mode: "fail before", times: 1_000_000 });
  const due = [dueDay(world, DAYS[1])];
  await world.setDue(SITE, due, { hotFrom: day(DAYS[0]) });
  await world.start(DAYS[0], DAYS[0]);
  await world.pass(HOUR_MS);
  expect(world.archive.days.size).toBe(0);
  expect(await world.status()).toMatchObject({ outcome: "partial", days_failed: 1 });
  const held = rowsOf(
    world.site(SITE),
    "SELECT held_for_upload AS held FROM staging WHERE date = ?",
    DAYS[0],
  );
  expect(held).toEqual([{ held: 1 }]);
  const requests = world.vendor.arrivals.length;
  world.effects.restore();
  await world.run();
  expect((await world.setDue(SITE, due)).days).toMatchObject([{ state: "published" }]);
  expect(world.vendor.arrivals).toHaveLength(requests);
  expect(hotDays(world)).toEqual([`${DAYS[0]} 1 7`, `${DAYS[1]} 0 8`]);
});

test("hot storage vouches on where no put follows, because the Coordinator does not permit it", async () => {
  const world = new World({ config: { requestsPerMinute: 30 }, vendor: { latency: { ms: 2_000 } } });
  vouching(world);
  const due = [dueDay(world, DAYS[1])];
  await world.setDue(SITE, due, { hotFrom: day(DAYS[0]) });
  world.effects.break({ on: /coordinator site_a\.report/, mode: "fail before", times: 2 });
  await world.pauseDue(true);
  await world.pass(HOUR_MS);
  expect(world.archive.days.size).toBe(0);
  expect(hotDays(world)).toEqual(DAYS.map((date) => `${date} 1 7`));
});
