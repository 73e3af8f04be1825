import { expect, test } from "vitest";
import { SITE } from "../../../test/support/query/archive.ts";
import { MemoryArchive } from "../../../test/support/query/memory-archive.ts";
import { monthFile } from "../../../test/support/query/rollup-file.ts";
import { DAY_MS, dayStartMs, type UtcDay } from "../../domain/day.ts";
import { daysOfPeriod, type RollupPeriod, rollupKey } from "../../domain/rollup.ts";
import type { NamedSeries } from "../../domain/series.ts";
import { concatenate } from "../../parquet/bytes.ts";
import { encodeRollupFooter, encodeSampleGroup, SAMPLE_GROUP_ROWS } from "../../parquet/rollup/rollup.ts";
import type { ArchiveReader, ObjectPart } from "../../ports/archive.ts";
import { newMeter } from "../cost.ts";
import type { DaySamples, SampleQuery } from "../source.ts";
import { KnownRollups, rollupSources } from "./rollup.ts";

const PERIODS = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"] as RollupPeriod[];
const [JANUARY] = PERIODS as [RollupPeriod];
const NAMES = ["p0", "p1", "p2", "p3"];
const START_MS = dayStartMs("2024-01-01" as UtcDay);
const END_MS = dayStartMs("2024-06-01" as UtcDay);
const HOUR_MS = 3_600_000;
const keyOf = (period: RollupPeriod) => rollupKey(SITE, period);

/** A sample of each point every six hours, 5 ms after the hour. */
const samplesOf = (point: number, days: readonly UtcDay[]): NamedSeries => {
  const ms = Float64Array.from(
    days.flatMap((day) => [0, 6, 12, 18].map((hour) => dayStartMs(day) + hour * HOUR_MS + 5)),
  );
  return { name: NAMES[point] as string, ms, value: ms.map((at) => Math.sin(at + point)) };
};

/** `groupRows`: of a month with 124 samples of each point. */
function fileOf(period: RollupPeriod, groupRows: number): Uint8Array {
  const days = daysOfPeriod(period);
  return monthFile(
    period,
    NAMES.map((_, point) => samplesOf(point, days)),
    { days, groupRows },
  );
}

function archiveOf(groupRows = 1_000) {
  const archive = new MemoryArchive();
  for (const period of PERIODS) archive.place(keyOf(period), fileOf(period, groupRows));
  return archive;
}

function sourceOver(archive: ArchiveReader, readAheadBytesMax?: number) {
  const faults: string[] = [];
  const { months } = rollupSources({
    archive,
    known: new KnownRollups(() => 0),
    clock: { sleep: async () => undefined },
    onDamaged: (key, fault) => faults.push(`${key} ${fault.message}`),
    endBytes: 800,
    ...(readAheadBytesMax !== undefined && { readAheadBytesMax }),
  });
  return { months, faults };
}

const query = (changes: Partial<SampleQuery> = {}): SampleQuery => ({
  site: SITE,
  points: [NAMES[2] as string],
  fromMs: START_MS,
  toMs: END_MS,
  ...changes,
});

async function daysOf(archive: ArchiveReader, asked: SampleQuery, source = sourceOver(archive)) {
  const meter = newMeter();
  const found: DaySamples[] = [];
  for await (const { days } of source.months.periods(asked, meter)) found.push(...(await days()));
  return { days: found, meter, faults: source.faults };
}

const times = ({ series }: DaySamples) => series.map(({ ms }) => [...ms]);

test("months of a point are an end and a range each, and with the index known the range alone", async () => {
  const archive = archiveOf();
  const source = sourceOver(archive);
  const { days, meter } = await daysOf(archive, query(), source);
  const all = PERIODS.flatMap(daysOfPeriod);
  expect(days.map(({ day, state, tiers }) => [day, state, ...tiers])).toEqual(
    all.map((day) => [day, "present", "rollup"]),
  );
  expect(days.flatMap(times).flat()).toEqual([...samplesOf(2, all).ms]);
  expect(days.flatMap(({ series }) => [...(series[0]?.value ?? [])])).toEqual([...samplesOf(2, all).value]);
  expect(archive.requests.map(({ kind }) => kind).sort()).toEqual([
    ...Array(PERIODS.length).fill("end"),
    ...Array(PERIODS.length).fill("read"),
  ]);
  expect(meter).toMatchObject({ rowGroupsRead: 5, rowGroupsPruned: 15, cacheHits: 0 });
  archive.requests.length = 0;
  const known = await daysOf(archive, query(), source);
  expect(archive.requests.map(({ kind }) => kind)).toEqual(Array(PERIODS.length).fill("read"));
  expect(known.meter.cacheHits).toBe(5);
});

test("row groups of a point are joined, and are one range with those of its neighbour", async () => {
  const archive = archiveOf(25);
  const points = [NAMES[3], NAMES[2]] as string[];
  const toMs = dayStartMs("2024-02-01" as UtcDay);
  const { days, meter } = await daysOf(archive, query({ points, toMs }));
  const all = daysOfPeriod(JANUARY);
  for (const [at, point] of [3, 2].entries()) {
    expect(days.flatMap((day) => times(day)[at])).toEqual([...samplesOf(point, all).ms]);
  }
  expect(archive.requests.map(({ kind }) => kind)).toEqual(["end", "read"]);
  expect(meter.rowGroupsRead).toBe(10);
});

test("a range that begins and ends inside of days has their samples of the range", async () => {
  const range = { fromMs: START_MS + 6 * HOUR_MS + 6, toMs: START_MS + DAY_MS + 12 * HOUR_MS + 5 };
  const { days } = await daysOf(archiveOf(50), query(range));
  expect(days.flatMap(times)).toEqual([
    [12, 18].map((hour) => START_MS + hour * HOUR_MS + 5),
    [24, 30].map((hour) => START_MS + hour * HOUR_MS + 5),
  ]);
});

test("a month of which a query has a single day is not opened", async () => {
  const archive = archiveOf();
  const range = { fromMs: START_MS + 30 * DAY_MS, toMs: START_MS + 33 * DAY_MS };
  const { days } = await daysOf(archive, query(range));
  expect(days.map(({ day }) => day)).toEqual(["2024-02-01", "2024-02-02"]);
  expect([...new Set(archive.requests.map(({ key }) => key))]).toEqual([keyOf("2024-02" as RollupPeriod)]);
});

test("an empty day is empty, and a day of other points is present without samples", async () => {
  const archive = new MemoryArchive();
  const [first, second, third, ...others] = daysOfPeriod(JANUARY) as [UtcDay, UtcDay, UtcDay, ...UtcDay[]];
  const points = [samplesOf(0, [first, third]), samplesOf(1, [first])];
  const spec = { days: [first, third], emptyDays: [second], groupRows: 100 };
  archive.place(keyOf(JANUARY), monthFile(JANUARY, points, spec));
  const { days } = await daysOf(archive, query({ points: ["p1", "unknown"] }));
  expect(days.map((day) => [day.day, day.state, ...times(day).map(({ length }) => length)])).toEqual([
    [first, "present", 4, 0],
    [second, "empty", 0, 0],
    [third, "present", 0, 0],
  ]);
  expect(others).toHaveLength(28);
});

test("two months are read ahead where the memory allows it, and none after the reader has left", async () => {
  const readBefore = async (readAheadBytesMax?: number) => {
    const archive = archiveOf();
    const { months } = sourceOver(archive, readAheadBytesMax);
    for await (const { days } of months.periods(query(), newMeter())) {
      expect((await days())[0]?.day).toBe("2024-01-01");
      // Every request that may be made while the reader waits has been made.
      await new Promise(setImmediate);
      break;
    }
    await new Promise(setImmediate);
    return new Set(archive.requests.filter(({ kind }) => kind === "read").map(({ key }) => key)).size;
  };
  expect(await readBefore()).toBe(3);
  expect(await readBefore(1)).toBe(1);
});

test("a reader that leaves in a gap before the first month has made no request but for indexes", async () => {
  const archive = archiveOf();
  archive.remove(keyOf(JANUARY));
  const { months } = sourceOver(archive);
  for await (const { first } of months.periods(query(), newMeter())) {
    expect(first).toBe("2024-02-01");
    await new Promise(setImmediate);
    break;
  }
  await new Promise(setImmediate);
  expect(new Set(archive.requests.map(({ kind }) => kind))).toEqual(new Set(["end"]));
});

test("a month with more samples than a day may have is left to its day files, once its index is read", async () => {
  const ms = Float64Array.from({ length: SAMPLE_GROUP_ROWS }, (_, at) => START_MS + at);
  const one = encodeSampleGroup({ site: SITE }, [{ name: "p2", ms, value: new Float64Array(ms.length) }], 4);
  const spec = { site: SITE, period: JANUARY, days: daysOfPeriod(JANUARY), emptyDays: [] };
  const requestsOf = async (groups: number) => {
    const archive = new MemoryArchive();
    const footer = encodeRollupFooter(Array(groups).fill(one.metadata), spec);
    // The magic, then the row groups.
    const file = concatenate([new Uint8Array(4), ...Array(groups).fill(one.bytes), footer]);
    archive.place(keyOf(JANUARY), file);
    const { days, faults } = await daysOf(archive, query());
    const kinds = archive.requests.filter(({ key }) => key === keyOf(JANUARY)).map(({ kind }) => kind);
    return { days: days.length, kinds, faults };
  };
  expect(await requestsOf(20)).toEqual({ days: 0, kinds: ["end"], faults: [] });
  // Its row groups have the same times again, which is a fault.
  expect(await requestsOf(19)).toMatchObject({ kinds: ["end", "read"], faults: [expect.any(String)] });
});

const twoDays = daysOfPeriod(JANUARY).slice(0, 2);
const whole = samplesOf(2, twoDays);
const rows = (changes: Partial<NamedSeries>, groupRows = 100, days = twoDays) =>
  monthFile(JANUARY, [{ ...whole, ...changes }], { days, groupRows });

test.each<[string, Uint8Array, string]>([
  [
    "whose times do not ascend",
    rows({ ms: whole.ms.with(1, whole.ms[2] as number).with(2, whole.ms[1] as number) }),
    "do not ascend",
  ],
  ["with a time twice", rows({ ms: whole.ms.map((at, row) => whole.ms[row - 1] ?? at) }), "do not ascend"],
  ["whose row groups are in another order", rows({ ms: whole.ms.toReversed() }, 1), "do not ascend"],
  ["with a value that is no number", rows({ value: whole.value.with(3, Number.NaN) }), "has no number"],
  ["with an infinite value", rows({ value: whole.value.with(0, Number.POSITIVE_INFINITY) }), "has no number"],
  ["with samples of a day that it does not name", rows({}, 100, twoDays.slice(1)), "does not describe"],
  ["with rows of another point", renamed(rows({}, 4)), "rows of another point"],
])("a month %s is reported, and gives no day", async (_, file, fault) => {
  const archive = new MemoryArchive();
  archive.place(keyOf(JANUARY), file);
  const source = sourceOver(archive);
  const { days, faults } = await daysOf(archive, query(), source);
  expect(days).toEqual([]);
  expect(faults).toEqual([expect.stringMatching(`^${keyOf(JANUARY)} .*${fault}`)]);
  archive.requests.length = 0;
  // It is left alone for a minute.
  await daysOf(archive, query({ toMs: START_MS + 2 * DAY_MS }), source);
  expect(archive.requests).toEqual([]);
});

/** With another name in the rows of the first row group, but not in the index. */
function renamed(file: Uint8Array): Uint8Array {
  const at = Buffer.from(file).indexOf("p2");
  return file.slice().fill("x".charCodeAt(0), at, at + 1);
}

test("a month whose row group is cut off is reported, and gives no day", async () => {
  const archive = archiveOf();
  const cutOff: ArchiveReader = {
    head: (key) => archive.head(key),
    list: (prefix, cursor) => archive.list(prefix, cursor),
    open: (key, etag, part) => archive.open(key, etag, part),
    async read(key, range, condition): Promise<ObjectPart | undefined> {
      const part = await archive.read(key, range, condition);
      return part?.bytes && "offset" in range ? { ...part, bytes: part.bytes.slice(0, -1) } : part;
    },
  };
  const { days, faults } = await daysOf(cutOff, query({ toMs: START_MS + 40 * DAY_MS }));
  expect(days).toEqual([]);
  expect(faults).toEqual(PERIODS.slice(0, 2).map((period) => expect.stringContaining(keyOf(period))));
});
