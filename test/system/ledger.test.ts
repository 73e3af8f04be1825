import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditView } from "../../src/contract/backfill.ts";
import { readWithDuckdb } from "../reference/duckdb.ts";
import { lines, truthOf } from "../reference/truth.ts";
import { eventually, keyOf, World } from "./fixture.ts";

const DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"] as const;
const [KEPT, FLIPPED, REMOVED, REPLACED] = DAYS;
let world: World;
beforeAll(async () => {
  world = await World.open({ sites: [{ name: "a", pointsPerSite: 50, samplesPerDay: 3_000 }] });
  await backfill();
});
afterAll(() => world?.close());

async function backfill() {
  await world.client.start(DAYS[0], DAYS[3]);
  expect(await world.client.settled()).toMatchObject({ outcome: "success", days_completed: 4 });
}

async function audit(path: string, body: Record<string, unknown> = {}): Promise<AuditView> {
  expect(await world.client.call("POST", path, body)).toMatchObject({ status: 202, body: { sites: ["a"] } });
  return eventually(`${path} is done`, async () => {
    const [view] = await world.client.audits();
    return view?.state === "completed" && view;
  });
}

async function everyFileIsRight() {
  for (const day of DAYS) {
    const rows = await readWithDuckdb(await world.object(keyOf("a", day)));
    expect(lines(rows)).toEqual(lines(truthOf(world.sim, "a", day).rows));
  }
}

test.each(["quick", "full"])("a %s verification finds whole files whole", async (mode) => {
  expect(await audit("/backfill/verify", { mode })).toMatchObject({
    mode,
    days_checked: 4,
    days_ok: 4,
    records: DAYS.reduce((sum, day) => sum + truthOf(world.sim, "a", day).rows.length, 0),
    problems: [],
  });
});

test("a quick verification finds removed and replaced objects, and a start fetches those days again", async () => {
  const state = await world.state();
  world.sim.resetStats();
  await state.remove(keyOf("a", REMOVED));
  await state.put(keyOf("a", REPLACED), await world.object(keyOf("a", KEPT)));
  expect(await audit("/backfill/verify")).toMatchObject({
    days_checked: 4,
    days_ok: 2,
    problems: [
      { date: REMOVED, problem: "the object is missing" },
      { date: REPLACED, problem: expect.any(String) },
    ],
  });
  await backfill();
  expect(daysAskedFor()).toEqual([REMOVED, REPLACED]);
  await everyFileIsRight();
});

/** The days of the requested windows, without margins. */
function daysAskedFor(): string[] {
  const middles = world.sim.arrivals().flatMap(({ target }) => {
    const asked = new URL(target, world.sim.url).searchParams;
    const [from, to] = ["start_time", "end_time"].map((name) => Date.parse(asked.get(name) ?? ""));
    return from && to ? [new Date((from + to) / 2).toISOString().slice(0, 10)] : [];
  });
  return [...new Set(middles)].sort();
}

test("a full verification finds a flipped byte that no HEAD shows, and a start heals it", async () => {
  const sound = await world.object(keyOf("a", FLIPPED));
  await world.closeState();
  const blob = blobOf(world.stateDir, sound);
  const flipped = Uint8Array.from(sound);
  flipped[1_000] = (flipped[1_000] ?? 0) ^ 1;
  writeFileSync(blob, flipped);

  expect(await audit("/backfill/verify", { mode: "quick" })).toMatchObject({ days_ok: 4 });
  expect(await audit("/backfill/verify", { mode: "full", from: KEPT, to: FLIPPED })).toMatchObject({
    days_checked: 2,
    days_ok: 1,
    problems: [{ date: FLIPPED, problem: "the content differs from its hash" }],
  });
  await backfill();
  await everyFileIsRight();
});

/** The file in which the local R2 keeps these bytes. */
function blobOf(stateDir: string, bytes: Uint8Array): string {
  const folder = join(stateDir, "v3/r2/building-vitals-local/blobs");
  const names = readdirSync(folder).map((name) => join(folder, name));
  const found = names.find((name) => readFileSync(name).equals(bytes));
  if (!found) throw new Error("no blob holds these bytes");
  return found;
}

test("with only R2 left, a rebuild finds every day, and no day is fetched again", async () => {
  const before = await world.client.days();
  await world.closeState();
  await world.stopWorker();
  for (const name of ["do", "kv"]) {
    expect(existsSync(join(world.stateDir, "v3", name))).toBe(true);
    rmSync(join(world.stateDir, "v3", name), { recursive: true });
  }
  await world.startWorker();
  expect(await world.client.days(`?from=${DAYS[0]}&to=${DAYS[3]}`)).toMatchObject(
    DAYS.map((date) => ({ date, status: "pending" })),
  );
  expect(await audit("/backfill/rebuild")).toMatchObject({ mode: "rebuild", days_ok: 4, problems: [] });
  const rebuilt = await world.client.days();
  // The names of dropped rows are in the ledger alone: an object's metadata is too small for them.
  const facts = ({ date, status, records, r2_path, evidence }: (typeof before)[number]) => {
    const { rejected_examples: _, unconfigured_names: __, ...counts } = evidence ?? {};
    return { date, status, records, r2_path, counts };
  };
  expect(rebuilt.map(facts)).toEqual(before.map(facts));
  world.sim.resetStats();
  await backfill();
  expect(world.sim.stats().requests).toBe(0);
});
