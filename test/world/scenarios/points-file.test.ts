import { expect, test } from "vitest";
import { pointsKey } from "../../../src/domain/layout.ts";
import type { PointRow } from "../../../src/domain/point-row.ts";
import { decodePoints } from "../../../src/parquet/points/points.ts";
import { fileBuffer } from "../../support/parquet/file-buffer.ts";
import type { FaultMode } from "../harness/fault-mode.ts";
import { contentOf, siteState } from "../harness/inspect.ts";
import { siteNamed, World, type WorldOptions } from "../harness/world.ts";

const SITE = "site_a";
const KEY = pointsKey(siteNamed(SITE));
const DAY_MS = 86_400_000;
const TODAY = "2025-06-01";
const TOMORROW = "2025-06-02";
const PUT = /archive\.publish points/;

async function rowsOf(world: World): Promise<Map<string, PointRow>> {
  const object = world.archive.objects.get(KEY);
  if (!object) throw new Error("there is no points file");
  const rows = new Map<string, PointRow>();
  for await (const group of decodePoints(fileBuffer(object.bytes)))
    for (const row of group) rows.set(row.name, row);
  return rows;
}

const daysOf = ({ firstSeen, lastSeen }: PointRow) => [firstSeen, lastSeen];
const file = (world: World) => world.archive.objects.get(KEY);
const puts = (world: World) => world.effects.labels.filter((label) => PUT.test(label)).length;

/** A world whose first backfill has ended. */
async function archived(options?: WorldOptions): Promise<World> {
  const world = new World(options);
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  return world;
}

/** Loads the list of points again, for another day. */
async function loadAgain(world: World, date: string): Promise<void> {
  await world.start(date, date);
  await world.run();
}

test("a site's points file has every configured point with what the list says of it", async () => {
  const world = await archived();
  const rows = await rowsOf(world);
  expect([...rows.keys()].sort()).toEqual(world.vendor.configured(SITE).sort());
  const zone = [...rows.values()].find(({ fields }) => fields.units === "degreesFahrenheit");
  expect(zone?.fields.objectName).toMatch(/^VAV_\d+\./);
  for (const row of rows.values()) expect(daysOf(row)).toEqual([TODAY, TODAY]);
  expect(file(world)?.metadata).toMatchObject({ site_name: SITE, record_count: String(rows.size) });
});

test("the file is put once, and once more on the next day on which a list is loaded", async () => {
  const world = await archived();
  const etag = file(world)?.etag;
  await loadAgain(world, "2024-01-02");
  expect([puts(world), file(world)?.etag]).toEqual([1, etag]);
  await world.pass(DAY_MS);
  await loadAgain(world, "2024-01-03");
  expect(puts(world)).toBe(2);
  for (const row of (await rowsOf(world)).values()) expect(daysOf(row)).toEqual([TODAY, TOMORROW]);
});

test("a point that is renamed or no longer configured keeps its row, with the last day on which it was", async () => {
  const world = await archived();
  const before = await rowsOf(world);
  const [renamed = "", removed = ""] = world.vendor.configured(SITE);
  await world.pass(DAY_MS);
  world.vendor.rename(SITE, (name) => (name === renamed ? "ses/new name" : name));
  world.vendor.relist(SITE, (listed) => listed.filter(({ name }) => name !== removed));
  await loadAgain(world, "2024-01-02");
  const rows = await rowsOf(world);
  expect(rows.size).toBe(before.size + 1);
  for (const name of [renamed, removed]) expect(rows.get(name)).toEqual(before.get(name));
  expect(rows.get("ses/new name")).toMatchObject({ firstSeen: TOMORROW, lastSeen: TOMORROW });
});

test("after a lost object the rows of the file are read back, and no point is lost", async () => {
  const world = await archived();
  const before = await rowsOf(world);
  await world.pass(DAY_MS);
  const [gone = "", ...rest] = world.vendor.configured(SITE);
  world.vendor.relist(SITE, (listed) => listed.filter(({ name }) => name !== gone));
  world.tampered = true;
  world.site(SITE).lose();
  await loadAgain(world, "2024-01-02");
  const rows = await rowsOf(world);
  expect(rows.get(gone)).toEqual(before.get(gone));
  expect([...rows.keys()].sort()).toEqual([gone, ...rest].sort());
  for (const name of rest) expect(daysOf(rows.get(name) as PointRow)).toEqual([TODAY, TOMORROW]);
});

test("a file that can't be read is replaced, with a warning", async () => {
  const world = new World();
  world.archive.place(KEY, Buffer.from("not Parquet"));
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect((await rowsOf(world)).size).toBe(world.vendor.configured(SITE).length);
  expect(world.logs.filter(({ level }) => level === "WARN").map(({ message }) => message)).toEqual([
    `[BACKFILL] ${KEY} is replaced, because it can't be read`,
  ]);
});

test("a put that fails for hours fails neither day nor job, and is tried again less and less often", async () => {
  const world = new World();
  world.effects.break({ on: PUT, mode: "fail before", times: 8 });
  await world.start("2024-01-01", "2024-01-02");
  await world.run(() => Object.keys(contentOf(world)).length === 2);
  expect(file(world)).toBe(undefined);
  await world.run();
  expect(await world.status()).toMatchObject({ outcome: "success", sites: [{ errors: 0 }] });
  expect(puts(world)).toBe(9);
  expect((await rowsOf(world)).size).toBe(world.vendor.configured(SITE).length);
  const warnings = world.logs.filter(({ message }) => message.includes("could not be written"));
  expect(warnings).toHaveLength(8);
  const hours = ((file(world)?.uploadedAt ?? 0) - Date.parse("2025-06-01T08:00:00Z")) / 3_600_000;
  // 1, 2, 4, … 60 minutes.
  expect(hours).toBeGreaterThan(2);
  expect(hours).toBeLessThan(4.5);
});

const MODES: readonly FaultMode[] = [
  "die before",
  "die after",
  "effect, then fail",
  "fail before",
  "hang",
  "late",
  "zombie",
  "overtaken",
  "isolate dies",
];

test.each(MODES)("after a put that is broken (%s) the file is whole, and has all points", async (mode) => {
  const unharmed = await archived();
  const world = new World();
  world.effects.break({ on: PUT, mode, times: 1 });
  await world.start("2024-01-01", "2024-01-01");
  await world.run();
  expect(file(world)?.sha256).toBe(file(unharmed)?.sha256);
  expect(siteState(world.site(SITE), "pointsFile")).toMatchObject({ failures: 0 });
  expect(await world.status()).toMatchObject({ outcome: "success" });
});

test("a put of a lost object that takes effect late loses no point of the object that replaced it", async () => {
  const world = await archived();
  await world.pass(DAY_MS);
  const gone = world.vendor.configured(SITE)[0] ?? "";
  const known = await rowsOf(world);
  // The old object's put of a list with one point more arrives after its death.
  world.effects.break({ on: PUT, mode: "zombie", times: 1 });
  await world.start("2024-01-02", "2024-01-02");
  await world.run(() => world.effects.broken.length > 0);
  world.tampered = true;
  world.site(SITE).lose();
  world.vendor.relist(SITE, (listed) => listed.filter(({ name }) => name !== gone));
  await world.run();
  await world.pass(DAY_MS);
  await loadAgain(world, "2024-01-03");
  const rows = await rowsOf(world);
  for (const name of known.keys()) expect(rows.has(name), name).toBe(true);
});

test("no put of the file overtakes a list that is being read, and cancel does not stop it", async () => {
  const world = new World();
  await world.start("2024-01-01", "2024-01-05");
  await world.run(() => siteState(world.site(SITE), "pointsFile") !== undefined);
  await world.cancel();
  await world.run();
  expect((await rowsOf(world)).size).toBe(world.vendor.configured(SITE).length);
  expect(await world.status()).toMatchObject({ status: "cancelled" });
});
