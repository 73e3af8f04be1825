import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { computedRead, get, type Params } from "../../test/support/simulator-reader.ts";
import { lastChangeOf, type ServedRow, servedRows, siteAt, truthOf } from "../building/building.ts";
import { formatNaive } from "../naive-time.ts";
import { openSites, type SimulatorOptions } from "../options.ts";
import { type Simulator, startSimulator } from "../server/server.ts";
import type { PresentOptions } from "./present.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const NOON = Date.parse("2026-08-07T12:00:00Z");
/** Times that have many changes of a small building, all within two hours. */
const LIVELY: PresentOptions = {
  late: { share: 0.2, msMin: 10 * SECOND, msMax: HOUR },
  corrected: { share: 0.1, msMin: 10 * SECOND, msMax: 2 * HOUR },
  vanishing: { share: 0.05, msMin: 10 * SECOND, msMax: 2 * HOUR },
};
const SMALL = { sites: ["a"], pointsPerSite: 60, samplesPerDay: 17_000, duplicateShare: 0.02 } as const;

const siteOf = (present: PresentOptions | undefined, options: Partial<SimulatorOptions> = {}) => {
  const site = openSites({ ...SMALL, ...options, ...(present && { present }) }).get("a");
  if (!site) throw new Error("no site");
  return site;
};
const text = ({ name, value, micros }: ServedRow) => JSON.stringify([name, value, formatNaive(micros)]);
const keyOf = ({ name, micros }: ServedRow) => `${name} ${micros}`;
const hour = { from: NOON - HOUR, to: NOON };

test("a row appears once its time has passed, at the earliest", () => {
  const site = siteOf({ late: { share: 0 }, corrected: { share: 0 }, vanishing: { share: 0 } });
  const whole = [...servedRows(siteOf(undefined), site.day("2026-08-07" as never).day)];
  for (const now of [NOON - 1, NOON, NOON + 10 * MINUTE]) {
    const shown = [...truthOf(site, { from: NOON - 12 * HOUR, to: NOON + 12 * HOUR }, now)];
    expect(shown).toEqual(whole.filter(({ micros }) => micros <= now * 1000));
  }
});

test("late rows are missing at first, corrected ones have another value, and vanishing ones are gone at last", () => {
  const site = siteOf(LIVELY);
  const whole = [...truthOf(siteOf(undefined), hour, NOON)];
  const rowsAt = (now: number) => new Map(Array.from(truthOf(site, hour, now), (row) => [keyOf(row), row]));
  const [first, last] = [rowsAt(NOON), rowsAt(NOON + 2 * HOUR)];
  const late = whole.filter((row) => !first.has(keyOf(row)) && last.has(keyOf(row)));
  const vanished = whole.filter((row) => !last.has(keyOf(row)));
  const corrected = whole.filter((row) => {
    const before = first.get(keyOf(row));
    const after = last.get(keyOf(row));
    return before && after && before.value !== after.value;
  });
  for (const rows of [late, vanished, corrected]) expect(rows.length).toBeGreaterThan(10);
  expect(vanished.some((row) => first.has(keyOf(row)))).toBe(true);
  // The last word is the building's own, but for what has vanished.
  const gone = new Set(vanished.map(keyOf));
  expect([...truthOf(site, hour, NOON + 2 * HOUR)]).toEqual(whole.filter((row) => !gone.has(keyOf(row))));
  for (const row of corrected)
    expect(["-32", "-97.5", "4080", "-97.25"]).toContain(first.get(keyOf(row))?.value);
});

test("what is shown depends on the time of the request alone, whatever was requested before", () => {
  const used = siteOf(LIVELY);
  fc.assert(
    fc.property(fc.integer({ min: -90, max: 200 }), fc.integer({ min: 0, max: 59 }), (after, start) => {
      const now = NOON + after * MINUTE;
      const window = { from: hour.from + start * MINUTE, to: hour.from + (start + 7) * MINUTE };
      expect([...truthOf(used, window, now)]).toEqual([...truthOf(siteOf(LIVELY), window, now)]);
    }),
    { numRuns: 40 },
  );
});

test("from its last change on the word on a window stays, and just before it is another", () => {
  const site = siteOf(LIVELY);
  for (let start = 0; start < 60; start += 15) {
    const window = { from: hour.from + start * MINUTE, to: hour.from + (start + 15) * MINUTE };
    const at = lastChangeOf(site, window);
    const wordAt = (now: number) => Array.from(truthOf(site, window, now), text);
    expect(wordAt(at)).toEqual(wordAt(at + 300 * HOUR));
    expect(wordAt(at - 0.01)).not.toEqual(wordAt(at));
  }
});

test("points that are lost stop reporting and leave the configured points; their old samples stay", () => {
  const site = siteOf({ lost: { points: 3, at: "2026-08-07T12:00:00Z" } });
  const configuredAt = (now: number) =>
    siteAt(site, now).listed.flatMap(({ name, configured }) => (configured ? [name] : []));
  const before = configuredAt(NOON - 1);
  const lost = before.filter((name) => !configuredAt(NOON).includes(name));
  expect(lost).toHaveLength(3);
  expect(siteAt(site, NOON).listed).toHaveLength(site.listed.length);
  const from = (window: { from: number; to: number }) =>
    new Set(Array.from(truthOf(site, window, NOON + 24 * HOUR), ({ name }) => name));
  for (const name of lost) {
    expect(from({ from: NOON - 12 * HOUR, to: NOON })).toContain(name);
    expect(from({ from: NOON, to: NOON + 12 * HOUR })).not.toContain(name);
  }
});

test("options that contradict each other are refused", () => {
  const half = { share: 0.6 };
  expect(() => siteOf({ late: half, corrected: half })).toThrow("exceed 1");
  expect(() => siteOf({ late: { share: 2 } })).toThrow("not between 0 and 1");
  expect(() => siteOf({ late: { msMin: 10, msMax: 5 } })).toThrow("no range of times");
  expect(() => siteOf({ lost: { points: 1, at: "noon" } })).toThrow("not a time");
  expect(() => siteOf({ lost: { points: 100, at: "2026-08-07T12:00:00Z" } })).toThrow("only");
});

let simulator: Simulator;
let now = NOON;
beforeAll(async () => {
  simulator = await startSimulator({ ...SMALL, present: LIVELY, now: () => now });
});
afterAll(() => simulator.close());

const params = (from: number, to: number, more: Params = {}): Params => ({
  start_time: new Date(from).toISOString(),
  end_time: new Date(to).toISOString(),
  raw_data: "true",
  ...more,
});

test("pages have what exists at the time of their request, also of a window that spans it", async () => {
  for (const [at, size] of [
    [NOON, 10],
    [NOON + 90 * MINUTE, 100],
    [NOON + 30 * MINUTE, 5_000],
  ] as const) {
    now = at;
    const window = { from: NOON - HOUR, to: NOON + 2 * HOUR };
    const read = await computedRead(simulator, "a", params(window.from, window.to, { page_size: size }));
    expect(read.rows).toEqual(Array.from(simulator.truthOf("a", window), text));
    expect(read.rows.length).toBeGreaterThan(500);
  }
  now = NOON;
  expect(await computedRead(simulator, "a", params(NOON + MINUTE, NOON + HOUR))).toMatchObject({ rows: [] });
});

test("means are of the rows that are shown", async () => {
  now = NOON;
  const means = params(NOON - HOUR, NOON + HOUR, { raw_data: "false" });
  const { rows } = await computedRead(simulator, "a", means);
  const numbers = new Map<string, number[]>();
  for (const { name, value, micros } of simulator.truthOf("a", { from: NOON - HOUR, to: NOON + HOUR })) {
    const from = Math.floor(micros / 300_000_000) * 300_000_000;
    const key = JSON.stringify([name, formatNaive(from)]);
    if (typeof value === "string" && Number.isFinite(Number(value)) && value !== "")
      numbers.set(key, [...(numbers.get(key) ?? []), Number(value)]);
  }
  expect(rows.length).toBeGreaterThan(100);
  for (const row of rows) {
    const [name, value, time] = JSON.parse(row);
    const of = numbers.get(JSON.stringify([name, time]));
    if (of) expect(Number(value)).toBeCloseTo(of.reduce((sum, each) => sum + each, 0) / of.length, 6);
  }
});

test("the word on a window at a time, and its last change, are readable over HTTP", async () => {
  now = NOON;
  const window = "site=a&from=2026-08-07T11:00:00Z&to=2026-08-07T12:00:00Z";
  const control = (path: string) => fetch(`${simulator.url}/_control/${path}`);
  const last = (await (await control(`last-change?${window}`)).json()) as { at: string };
  expect(Date.parse(last.at)).toBe(Math.ceil(simulator.lastChange("a", hour)));
  const truth = async (more: string) => {
    const body = await (await control(`truth?${window}${more}`)).text();
    return body.trimEnd().split("\n");
  };
  const lines = (at?: number) =>
    Array.from(simulator.truthOf("a", hour, at), ({ name, value, micros }) =>
      JSON.stringify([name, value, micros]),
    );
  expect(await truth("")).toEqual(lines());
  expect(await truth(`&now=${last.at}`)).toEqual(lines(Date.parse(last.at)));
  expect((await control("truth?site=a&from=x&to=y")).status).toBe(400);
});

test("days can't be rendered in advance, because they change", () => {
  expect(() => simulator.prerender("a", "2026-08-07")).toThrow(/present/);
});

test("the weather is the newest sample of each weather point, by the simulator's clock", async () => {
  now = NOON;
  const response = await get(simulator, "/sites/a/weather");
  const { weather } = (await response.json()) as { weather: Record<string, { name: string | null }> };
  expect(Object.keys(weather)).toEqual([
    "temp",
    "feels_like",
    "pressure",
    "humidity",
    "dew_point",
    "clouds",
    "wind_speed",
    "wind_deg",
    "wet_bulb",
  ]);
  expect(weather.pressure).toEqual({ name: null, value: null, time: null });
  const rows = Array.from(simulator.truthOf("a", hour), ({ name, value, micros }) => ({
    name,
    value,
    micros,
  }));
  const newest = rows.findLast(({ name }) => name === "ses/a/weather/temp");
  expect(weather.temp).toEqual({
    name: "ses/a/weather/temp",
    value: String(newest?.value),
    time: formatNaive(newest?.micros ?? 0),
  });
});

test("a site without weather points is a 404 of nulls, an unknown site a 403 of nulls", async () => {
  const small = await startSimulator({ sites: ["b"], pointsPerSite: 10 });
  try {
    for (const [site, status] of [
      ["b", 404],
      ["c", 403],
    ] as const) {
      const response = await get(small, `/sites/${site}/weather`);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({
        weather: { temp: { name: null, value: null, time: null } },
      });
    }
    small.faults.add({ on: "weather", effect: { do: "status", status: 502 } });
    expect((await get(small, "/sites/b/weather")).status).toBe(502);
    expect(small.stats().byKind).toEqual({ weather: 3 });
  } finally {
    await small.close();
  }
});
