import { expect, test } from "vitest";
import {
  DAY,
  evenDay,
  KEY,
  namesOf,
  plain,
  query,
  rowsAsked,
  SITE,
  wholeDay,
} from "../../../test/support/query/archive.ts";
import { MemoryRanges } from "../../../test/support/query/memory-ranges.ts";
import { addDays, DAY_MS, dayStartMs } from "../../domain/day.ts";
import { objectKey } from "../../domain/layout.ts";
import { newMeter } from "../source.ts";
import { withArchiveMeter } from "./archive-reads.ts";
import { ColdSource } from "./cold-source.ts";
import { Footers } from "./footers.ts";
import { RETRY_PAUSES_MS } from "./limits.ts";
import { retrying } from "./retry.ts";

const NAMES = namesOf(40);
const FILE = evenDay(DAY, NAMES, 10, 100);
const TRIES_MAX = RETRY_PAUSES_MS.length + 1;
const AWAY = new Error("R2 is away");

const START = dayStartMs(DAY);
const keyOf = (day: number) => objectKey(SITE, addDays(DAY, day));
/** The first day shows how large footers are; those behind it are read ahead. */
const AHEAD = [2, 3];

/** Four days of one file, with the pauses that were made, each of which `pause` may lengthen. */
function world(pause: (signal?: AbortSignal) => Promise<void> = async () => undefined) {
  const archive = new MemoryRanges();
  for (const day of [0, 1, ...AHEAD]) archive.place(keyOf(day), FILE.bytes);
  const pauses: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    return pause(signal);
  };
  const footers = new Footers(() => 0, undefined, 0);
  return { archive, pauses, source: new ColdSource(archive, footers, { sleep }) };
}

function failsBehind(archive: MemoryRanges, day: number): void {
  archive.before = (_, key) => {
    if (key > keyOf(day)) throw AWAY;
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a read that fails now and then is made again, after pauses that grow, and every try is counted", async () => {
  const { archive, pauses, source } = world();
  const failures = new Map<string, number>();
  archive.before = (read) => {
    const { kind } = archive.reads[read] as { kind: string };
    failures.set(kind, (failures.get(kind) ?? 0) + 1);
    if ((failures.get(kind) ?? 0) < TRIES_MAX) throw AWAY;
  };
  const meter = newMeter();
  for await (const { series } of source.days(wholeDay(NAMES), meter)) {
    expect(plain(series)).toEqual(rowsAsked(FILE, NAMES, START, START + DAY_MS));
  }
  expect(pauses).toEqual(RETRY_PAUSES_MS);
  expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
  expect(meter.r2Requests).toBe(archive.reads.length);
  expect(meter.r2Requests).toBe(TRIES_MAX);
});

test("a read that always fails is given up, and the fault says why", async () => {
  const { archive, source } = world();
  failsBehind(archive, 0);
  const days: string[] = [];
  const reading = async () => {
    const asked = query(NAMES, START, START + 4 * DAY_MS);
    for await (const { day } of source.days(asked, newMeter())) days.push(day);
  };
  await expect(reading()).rejects.toMatchObject({ kind: "archive-unavailable", cause: AWAY });
  await expect(reading()).rejects.toThrow(`after ${TRIES_MAX} tries: R2 is away`);
  expect(days).toEqual([DAY, DAY]);
  expect(archive.reads.filter(({ key }) => key === keyOf(1))).toHaveLength(2 * TRIES_MAX);
});

test("nothing is read again once its reader went away", async () => {
  const { archive, pauses, source } = world(
    (signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
  );
  failsBehind(archive, 1);
  const days = source.days(query(NAMES, START, START + 4 * DAY_MS), newMeter());
  await days.next();
  await days.next();
  await turn();
  // In their first pause, which ends now.
  expect(pauses).toEqual(AHEAD.map(() => RETRY_PAUSES_MS[0]));
  const read = archive.reads.length;
  await days.return(undefined);
  await turn();
  expect([archive.reads.length, pauses.length]).toEqual([read, AHEAD.length]);
});

test("pauses take nobody's turn: more days are read while six wait", async () => {
  const { archive, source } = world(() => new Promise(() => undefined));
  for (let day = 0; day < 13; day++) archive.place(keyOf(day), FILE.bytes);
  failsBehind(archive, 1);
  const days = source.days(query(NAMES, START, START + 13 * DAY_MS), newMeter());
  await days.next();
  await days.next();
  await turn();
  expect(new Set(archive.reads.map(({ key }) => key)).size).toBe(13);
});

test("heads, listings and reads of the archive are asked again and counted alike", async () => {
  const pauses: number[] = [];
  const retry = retrying({ sleep: async (ms) => void pauses.push(ms) });
  let asked = 0;
  const flaky = async <T>(answer: T): Promise<T> => {
    asked += 1;
    if (asked % TRIES_MAX !== 0) throw AWAY;
    return answer;
  };
  const meter = newMeter();
  const archive = withArchiveMeter(
    {
      head: () => flaky(undefined),
      list: () => flaky({ heads: [] }),
      read: (_, __, ___, length) => flaky(new Uint8Array(length)),
    },
    meter,
    retry,
  );
  expect(await archive.head(KEY)).toBeUndefined();
  expect(await archive.list("timeseries/", undefined)).toEqual({ heads: [] });
  expect(await archive.read(KEY, "etag", 0, 9)).toHaveLength(9);
  expect([meter.r2Requests, meter.bytesRead]).toEqual([3 * TRIES_MAX, 9]);
  expect(pauses).toEqual([RETRY_PAUSES_MS, RETRY_PAUSES_MS, RETRY_PAUSES_MS].flat());
});
