import { expect, test } from "vitest";
import { parseTime } from "../../../src/domain/time.ts";
import { DAY, dayOf, json, OBJECT, PLAIN, pageOf, runForged } from "../harness/forgery.ts";
import { servedRows, storedRows } from "../harness/inspect.ts";
import { day, World } from "../harness/world.ts";
import { KEY } from "../harness/world-vendor.ts";

const digits = "9".repeat(1_000_000);
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

test.each([
  ["type", deep],
  ["type", "{}"],
  ["null", "null"],
  ["nan", "NaN"],
  ["infinite", "Infinity"],
  ["infinite", "-Infinity"],
  ["infinite", digits],
  ["infinite", `"${digits}"`],
  ["text", `"${"x".repeat(1_000_000)}"`],
  ["text", `"${"\\u0031".repeat(200_000)}_"`],
  ["text", '"0x10"'],
])("a value that is rejected as %s is counted, and the rest of its page is kept (%#)", async (why, token) => {
  const spoilt = new Set<string>();
  const configured = new Set(new World(PLAIN).vendor.configured("site_a"));
  const world = await runForged((asked) => {
    const page = pageOf(asked.honest());
    const row = page.point_samples.find(({ name, time }) => configured.has(name) && time.startsWith(DAY));
    if (!row) return undefined;
    spoilt.add(`${row.name} ${Math.floor((parseTime(row.time) ?? 0) / 1_000)}`);
    row.value = "MARK";
    return json(JSON.stringify(page).replace('"MARK"', token));
  }, PLAIN);
  const { evidence, status } = await dayOf(world);
  expect(status).toBe("completed");
  expect(evidence?.rejected).toEqual({ [why]: spoilt.size });
  const named = evidence?.rejected_examples?.map(({ point_name }) => point_name);
  expect(named).toEqual(
    [...new Set([...spoilt].map((sample) => sample.replace(/ \d+$/, "")))].sort().slice(0, 20),
  );
  const served = servedRows(world, "site_a", DAY);
  const kept = served.filter((line) => ![...spoilt].some((sample) => line.startsWith(`${sample} `)));
  expect(await storedRows(world, OBJECT)).toEqual(kept);
  expect(spoilt.size).toBeGreaterThan(1);
});

test("a key that the vendor sends back as a value, or as a name, is not in the evidence", async () => {
  const key = KEY;
  const world = await runForged((asked) => {
    const page = pageOf(asked.honest());
    const [first, second] = page.point_samples.filter(({ time }) => time.startsWith(DAY));
    if (!first || !second) return undefined;
    first.name = key;
    for (const row of page.point_samples.slice(2)) row.value = `Bearer ${key}`;
    return json(JSON.stringify(page));
  }, PLAIN);
  const { evidence } = await dayOf(world);
  expect(evidence?.unconfigured_names).toContain("[key]");
  expect(evidence?.rejected_examples?.[0]?.value).toBe("Bearer [key]");
  expect(JSON.stringify(evidence)).not.toContain(key);
});

test("unusual names are stored as they are: long names, look-alikes, names of object members", async () => {
  const odd = [
    "__proto__",
    "constructor",
    "\u00e9",
    "e\u0301",
    "\u212b",
    "x".repeat(2_048),
    "a\u0000b",
    "'\"\\",
  ];
  const world = new World(PLAIN);
  const listed = new Set(world.vendor.configured("site_a"));
  const served = new Set(Array.from(world.vendor.truth("site_a", day(DAY)), ({ name }) => name));
  const configured = [...served].filter((name) => listed.has(name));
  const others = [...served].filter((name) => !listed.has(name));
  const names = new Map(odd.map((name, index) => [configured[index] ?? "", name]));
  for (const name of others) names.set(name, `${name}${"y".repeat(1_000_000)}`);
  expect(others.length).toBeGreaterThan(0);
  world.vendor.rename("site_a", (before) => names.get(before) ?? before);
  await world.start(DAY, DAY);
  await world.run();
  const rows = await storedRows(world, OBJECT);
  expect(rows).toEqual(servedRows(world, "site_a", DAY));
  expect(odd.filter((name) => !rows.some((line) => line.startsWith(`${name} `)))).toEqual([]);
  const { evidence } = await dayOf(world);
  expect(evidence?.unconfigured).toBeGreaterThan(0);
  expect(evidence?.unconfigured_names?.every(({ length }) => length === 200)).toBe(true);
});

test("every row of thousands of unconfigured names is counted", async () => {
  const options = {
    config: { pageSize: 5_000 },
    vendor: {
      pointsPerSite: 6_000,
      samplesPerDay: 12_000,
      unconfigured: 5_900,
      oddShare: 0,
      duplicateShare: 0,
    },
  };
  const world = new World(options);
  await world.start(DAY, DAY);
  await world.run();
  const { evidence, status } = await dayOf(world);
  expect([status, evidence?.unconfigured, evidence?.fetched]).toEqual(["completed", 11_800, 12_000]);
  expect(evidence?.unconfigured_names).toHaveLength(20);
  // R2 takes 8,192 bytes of metadata, which twenty long names would exceed.
  const metadata = world.archive.objects.get(OBJECT)?.metadata.evidence ?? "";
  expect(metadata).not.toContain(evidence?.unconfigured_names?.[0]);
  expect(evidence?.written).toBe(200);
});

test("bare numbers are rejected by their reasons, whatever the page size, in tags of points too", async () => {
  const days = [];
  for (const pageSize of [10, 100]) {
    const world = new World({ ...PLAIN, config: { ...PLAIN.config, pageSize } });
    world.vendor.faults.add({ effect: { do: "bare-numbers", every: 5 } });
    await world.start(DAY, DAY);
    await world.run();
    const { evidence, status } = await dayOf(world);
    const { nan = 0, infinite = 0, ...others } = evidence?.rejected ?? {};
    expect([status, nan > 0, infinite > 0, others]).toEqual(["completed", true, true, {}]);
    const served = servedRows(world, "site_a", DAY);
    const stored = await storedRows(world, OBJECT);
    expect(stored.length).toBe(served.length - nan - infinite);
    expect(stored.filter((row) => !served.includes(row))).toEqual([]);
    days.push([stored, evidence?.rejected]);
  }
  expect(days[1]).toEqual(days[0]);
});
