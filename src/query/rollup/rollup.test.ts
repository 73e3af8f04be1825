import { expect, test } from "vitest";
import { SITE } from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { clearedRollup, hoursOf, rollupFile } from "../../../test/support/query/rollup-file.ts";
import { seriesOf } from "../../../test/support/query/source.ts";
import type { BucketField } from "../../domain/buckets.ts";
import { DAY_MS, dayStartMs, type UtcDay, utcDayOf } from "../../domain/day.ts";
import { daysOfPeriod, type RollupPeriod, rollupKey } from "../../domain/rollup.ts";
import { newMeter } from "../cost.ts";
import type { BucketQuery, DayBuckets } from "../source.ts";
import { KnownRollups, type RollupSources, rollupSources } from "./rollup.ts";

const HOUR_MS = 3_600_000;
const PERIODS = ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"] as RollupPeriod[];
const NAMES = Array.from({ length: 12 }, (_, at) => `p${String(at).padStart(2, "0")}`);
const START_MS = dayStartMs("2024-01-01" as UtcDay);
const END_MS = START_MS + 366 * DAY_MS;

/** One sample an hour of each point, with values that can't be compressed well; a row group a point. */
function fileOf(period: RollupPeriod): Uint8Array {
  const days = daysOfPeriod(period);
  const fromMs = dayStartMs(days[0] as UtcDay);
  const points = NAMES.map((name, point) => {
    const samples = Array.from({ length: days.length * 24 }, (_, hour): [number, number] => [
      fromMs + hour * HOUR_MS + 5,
      Math.sin(hour * 7_919 + point),
    ]);
    return { name, hours: hoursOf(seriesOf(samples)) };
  });
  return rollupFile(period, points, { days, groupRows: 1 }).bytes;
}
const FILES = new Map(PERIODS.map((period) => [period, fileOf(period)]));

const keyOf = (period: RollupPeriod) => rollupKey(SITE, period);

function archiveOfAYear() {
  const archive = new MemoryArchive();
  for (const [period, bytes] of FILES) archive.place(keyOf(period), bytes);
  return archive;
}

function sourceOver(archive: MemoryArchive, readAheadBytesMax?: number) {
  const clock = { nowMs: 0 };
  const { hours: source } = rollupSources({
    archive,
    known: new KnownRollups(() => clock.nowMs),
    clock: { sleep: async () => undefined },
    onDamaged: (_, fault) => {
      throw fault;
    },
    endBytes: 2_000,
    ...(readAheadBytesMax !== undefined && { readAheadBytesMax }),
  });
  return { source, clock };
}

const query = (changes: Partial<BucketQuery> = {}): BucketQuery => ({
  site: SITE,
  points: [NAMES[3] as string],
  fromMs: START_MS,
  toMs: END_MS,
  interval: DAY_MS,
  fields: ["count"],
  ...changes,
});

async function daysOf(source: RollupSources["hours"], asked: BucketQuery): Promise<DayBuckets[]> {
  const found: DayBuckets[] = [];
  for await (const { days } of source.periods(asked, newMeter())) found.push(...(await days()));
  return found;
}

test("a year of a point is an end and a range of each quarter, and with the index known the range alone", async () => {
  const archive = archiveOfAYear();
  const { source } = sourceOver(archive);
  const days = await daysOf(source, query());
  expect(days).toHaveLength(366);
  expect(days.map(({ buckets }) => buckets[0]?.count[0])).toEqual(days.map(() => 24));
  expect(archive.requests.map(({ kind }) => kind).sort()).toEqual([
    ...Array(4).fill("end"),
    ...Array(4).fill("read"),
  ]);
  archive.requests.length = 0;
  await daysOf(source, query());
  expect(archive.requests.map(({ kind }) => kind)).toEqual(Array(4).fill("read"));
  expect(archive.inFlightMax).toBeLessThanOrEqual(6);
});

test("a day with a part of an hour in the range is left out", async () => {
  const at = (text: string) => Date.parse(text);
  const ends = async (from: string, to: string) => {
    const { source } = sourceOver(archiveOfAYear());
    const days = await daysOf(source, query({ fromMs: at(from), toMs: at(to), interval: HOUR_MS }));
    return [days[0], days.at(-1)].map((day) => day && [day.day, day.buckets[0]?.ms.length]);
  };
  expect(await ends("2024-03-30T05:00Z", "2024-04-02T07:00Z")).toEqual([
    ["2024-03-30", 19],
    ["2024-04-02", 7],
  ]);
  expect(await ends("2024-03-30T05:00:00.001Z", "2024-04-02T06:59:59.999Z")).toEqual([
    ["2024-03-31", 24],
    ["2024-04-01", 24],
  ]);
  expect(await ends("2024-03-30T05:10Z", "2024-03-30T05:20Z")).toEqual([undefined, undefined]);
});

test("only the columns up to the last one that is needed are read", async () => {
  const bytesOf = async (...fields: BucketField[]) => {
    const archive = archiveOfAYear();
    await daysOf(sourceOver(archive).source, query({ fields }));
    return archive.requests.reduce((sum, { kind, bytes }) => sum + (kind === "read" ? bytes : 0), 0);
  };
  const [count, average, last] = [
    await bytesOf("count"),
    await bytesOf("count", "sum", "min", "max"),
    await bytesOf("last"),
  ];
  expect(count * 10).toBeLessThan(average);
  expect(average).toBeLessThan(last);
});

test("a quarter without the point is confirmed by a request once a minute", async () => {
  const archive = archiveOfAYear();
  const { source, clock } = sourceOver(archive);
  const requests = async () => {
    archive.requests.length = 0;
    const days = await daysOf(source, query({ points: ["unknown"] }));
    expect(days.every(({ state, buckets }) => state === "present" && buckets[0]?.ms.length === 0)).toBe(true);
    expect(days).toHaveLength(366);
    return archive.requests.length;
  };
  expect(await requests()).toBe(4);
  clock.nowMs += 59_999;
  expect(await requests()).toBe(0);
  clock.nowMs += 1;
  expect(await requests()).toBe(4);
  expect(archive.requests.map(({ bytes }) => bytes)).toEqual([0, 0, 0, 0]);
});

test("a cleared or an absent quarter has no days, and is looked up once a minute", async () => {
  const archive = archiveOfAYear();
  archive.place(keyOf(PERIODS[1] as RollupPeriod), clearedRollup(PERIODS[1] as RollupPeriod));
  archive.remove(keyOf(PERIODS[2] as RollupPeriod));
  const { source, clock } = sourceOver(archive);
  const lookUps = async () => {
    archive.requests.length = 0;
    const days = await daysOf(source, query());
    expect([...new Set(days.map(({ day }) => day.slice(0, 7)))]).toEqual(
      ["01", "02", "03", "10", "11", "12"].map((month) => `2024-${month}`),
    );
    const keys = PERIODS.slice(1, 3).map(keyOf);
    return archive.requests.filter(({ key }) => keys.includes(key)).length;
  };
  expect(await lookUps()).toBe(2);
  expect(await lookUps()).toBe(0);
  clock.nowMs += 60_000;
  expect(await lookUps()).toBe(2);
  // It is made again, and used from the next look-up on.
  archive.place(keyOf(PERIODS[1] as RollupPeriod), FILES.get(PERIODS[1] as RollupPeriod) as Uint8Array);
  clock.nowMs += 60_000;
  expect(await daysOf(source, query())).toHaveLength(366 - 92);
});

test("quarters are read ahead as far as the memory allows, and none after the reader has left", async () => {
  const readBefore = async (readAheadBytesMax: number | undefined) => {
    const archive = archiveOfAYear();
    const { source } = sourceOver(archive, readAheadBytesMax);
    for await (const { days } of source.periods(query({ points: NAMES }), newMeter())) {
      expect((await days())[0]?.day).toBe(utcDayOf(START_MS));
      // Every request that may be made while the reader waits has been made.
      await new Promise(setImmediate);
      break;
    }
    await new Promise(setImmediate);
    return new Set(archive.requests.filter(({ kind }) => kind === "read").map(({ key }) => key)).size;
  };
  expect(await readBefore(undefined)).toBe(4);
  expect(await readBefore(1)).toBe(1);
});

test("an hour whose sum is infinite leaves its day to the day's file where sums are needed", async () => {
  const [period] = PERIODS as [RollupPeriod];
  const samples = [0, 1, 2].map((at): [number, number] => [START_MS + DAY_MS + at, Number.MAX_VALUE]);
  const points = [
    { name: "p", hours: hoursOf(seriesOf([[START_MS, 1], ...samples, [START_MS + 2 * DAY_MS, 3]])) },
  ];
  const archive = new MemoryArchive();
  archive.place(
    keyOf(period),
    rollupFile(period, points, { days: daysOfPeriod(period), groupRows: 10 }).bytes,
  );
  const { source } = sourceOver(archive);
  const asked = { points: ["p"], toMs: START_MS + 3 * DAY_MS };
  const days = async (...fields: BucketField[]) =>
    (await daysOf(source, query({ ...asked, fields }))).map(({ day }) => day);
  expect(await days("count", "sum", "min", "max")).toEqual(["2024-01-01", "2024-01-03"]);
  expect(await days("max")).toEqual(["2024-01-01", "2024-01-02", "2024-01-03"]);
});
