import { expect, test } from "vitest";
import {
  DAY,
  evenDay,
  KEY,
  namesOf,
  plain,
  query,
  rowsOf,
  SITE,
  wholeDay,
} from "../../test/support/query/archive.ts";
import { MemoryArchive } from "../../test/support/query/memory-archive.ts";
import { addDays, DAY_MS, dayStartMs } from "../domain/day.ts";
import { objectKey } from "../domain/layout.ts";
import type { ArchiveReader } from "../ports/archive.ts";
import { RETRY_PAUSES_MS, withMeter, withRetry } from "./archive-requests.ts";
import { ColdSource, Footers } from "./cold/cold.ts";
import { newMeter } from "./cost.ts";

const NAMES = namesOf(40);
const FILE = evenDay(DAY, NAMES, 10, 100);
const TRIES_MAX = RETRY_PAUSES_MS.length + 1;
const UNAVAILABLE = new Error("R2 is unavailable");

const START = dayStartMs(DAY);
const keyOf = (day: number) => objectKey(SITE, addDays(DAY, day));
/** The first day shows how large footers are; the days after it are read ahead. */
const AHEAD = [2, 3];

/** Four days of one file, with the pauses between attempts, each of which `pause` may lengthen. */
function world(pause: (signal?: AbortSignal) => Promise<void> = async () => undefined) {
  const archive = new MemoryArchive();
  for (const day of [0, 1, ...AHEAD]) archive.place(keyOf(day), FILE.bytes);
  const pauses: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    return pause(signal);
  };
  const footers = new Footers(() => 0, undefined, 0);
  return { archive, pauses, source: new ColdSource(archive, footers, { sleep }) };
}

function failsBehind(archive: MemoryArchive, day: number): void {
  archive.before = (_, key) => {
    if (key > keyOf(day)) throw UNAVAILABLE;
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a read that fails is repeated after growing pauses, and every attempt is counted", async () => {
  const { archive, pauses, source } = world();
  const failures = new Map<string, number>();
  archive.before = (read) => {
    const { kind } = archive.requests[read] as { kind: string };
    failures.set(kind, (failures.get(kind) ?? 0) + 1);
    if ((failures.get(kind) ?? 0) < TRIES_MAX) throw UNAVAILABLE;
  };
  const meter = newMeter();
  for await (const { series } of source.days(wholeDay(NAMES), meter)) {
    expect(plain(series)).toEqual(rowsOf(FILE, NAMES, START, START + DAY_MS));
  }
  expect(pauses).toEqual(RETRY_PAUSES_MS);
  expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
  expect(meter.r2Requests).toBe(archive.requests.length);
  expect(meter.r2Requests).toBe(TRIES_MAX);
});

test("a read that always fails ends with a fault that says why", async () => {
  const { archive, source } = world();
  failsBehind(archive, 0);
  const days: string[] = [];
  const reading = async () => {
    const range = query(NAMES, START, START + 4 * DAY_MS);
    for await (const { day } of source.days(range, newMeter())) days.push(day);
  };
  await expect(reading()).rejects.toMatchObject({ kind: "archive-unavailable", cause: UNAVAILABLE });
  await expect(reading()).rejects.toThrow(`after ${TRIES_MAX} tries: R2 is unavailable`);
  expect(days).toEqual([DAY, DAY]);
  expect(archive.requests.filter(({ key }) => key === keyOf(1))).toHaveLength(2 * TRIES_MAX);
});

test("no read is repeated once the consumer has stopped", async () => {
  const { archive, pauses, source } = world(
    (signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
  );
  failsBehind(archive, 1);
  const days = source.days(query(NAMES, START, START + 4 * DAY_MS), newMeter());
  await days.next();
  await days.next();
  await settled();
  // Both are in their first pause, which ends now.
  expect(pauses).toEqual(AHEAD.map(() => RETRY_PAUSES_MS[0]));
  const read = archive.requests.length;
  await days.return(undefined);
  await settled();
  expect([archive.requests.length, pauses.length]).toEqual([read, AHEAD.length]);
});

test("a request in its pause takes no place in flight: more days are read while six wait", async () => {
  const { archive, source } = world(() => new Promise(() => undefined));
  for (let day = 0; day < 13; day++) archive.place(keyOf(day), FILE.bytes);
  failsBehind(archive, 1);
  const days = source.days(query(NAMES, START, START + 13 * DAY_MS), newMeter());
  await days.next();
  await days.next();
  await settled();
  expect(new Set(archive.requests.map(({ key }) => key)).size).toBe(13);
});

test("requests of every kind are repeated and counted alike", async () => {
  const pauses: number[] = [];
  const clock = { sleep: async (ms: number) => void pauses.push(ms) };
  let requests = 0;
  const flaky = async <T>(answer: T): Promise<T> => {
    requests += 1;
    if (requests % TRIES_MAX !== 0) throw UNAVAILABLE;
    return answer;
  };
  const meter = newMeter();
  const part = { etag: "etag", size: 20, bytes: new Uint8Array(9) };
  const storage: ArchiveReader = {
    head: () => flaky(undefined),
    list: () => flaky({ heads: [] }),
    read: () => flaky(part),
    open: () => flaky(undefined),
  };
  const archive = withRetry(withMeter(storage, meter), clock);
  expect(await archive.head(KEY)).toBeUndefined();
  expect(await archive.list("timeseries/", undefined)).toEqual({ heads: [] });
  expect(await archive.read(KEY, { offset: 0, length: 9 }, { ifMatch: "etag" })).toBe(part);
  expect(await archive.open(KEY, "etag")).toBeUndefined();
  expect([meter.r2Requests, meter.bytesRead]).toEqual([4 * TRIES_MAX, 9]);
  expect(pauses).toEqual(Array(4).fill(RETRY_PAUSES_MS).flat());
});
