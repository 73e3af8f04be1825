import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { addDays, DAY_MS, dayStartMs, daysOf, type EpochMs } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import type { SiteName } from "../../src/domain/site.ts";
import { type ByteRange, indexFooter } from "../../src/parquet/read/read.ts";
import { pruneGroups } from "../../src/query/cold/cold.ts";
import { REFERENCE_NAMES, REFERENCE_SAMPLES } from "./made-up-day.ts";
import { type BenchArchive, FIRST_DAY, spread, writeDay } from "./query-archive.ts";

export const FULL_SITE = "ses_full_year" as SiteName;
/** The points whose row groups the files of `fullYear` have; no other row group is in them. */
export const FULL_YEAR_POINTS = spread(REFERENCE_NAMES, 100);

/**
 * Writes a year of full days. One day is encoded; its bytes are shifted to each other day. Only the footer and the row
 * groups that can have `FULL_YEAR_POINTS` are written, the rest of each file is a hole. That takes 1.3 GB of disk and
 * some seconds instead of half an hour, and makes no difference to a reader of these points.
 */
export function fullYear(archive: BenchArchive, days: number): void {
  const file = writeDay(archive, FULL_SITE, FIRST_DAY, REFERENCE_NAMES, REFERENCE_SAMPLES, 1);
  const view = new DataView(file.buffer);
  const footer = file.length - 8 - view.getUint32(file.length - 8, true);
  const index = indexFooter(file.subarray(footer), file.length);
  const startMs = dayStartMs(FIRST_DAY);
  const utf8 = new TextEncoder();
  const names = FULL_YEAR_POINTS.map((name) => utf8.encode(name));
  const chunks = pruneGroups(index, names, startMs, startMs + DAY_MS).map(({ group }) => index.chunks(group));

  const statistics = statisticsOf(view, footer, startMs);
  const firstTimes = chunks.map(({ timestamp }) => firstTimeOf(file, timestamp.offset, startMs));
  const written = [
    ...chunks.flatMap((group) => Object.values(group) as ByteRange[]),
    { offset: footer, length: file.length - footer },
  ];
  for (const day of daysOf(FIRST_DAY, addDays(FIRST_DAY, days - 1))) {
    const path = join(archive.folder, objectKey(FULL_SITE, day));
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "w");
    ftruncateSync(descriptor, file.length);
    for (const { offset, length } of written) writeSync(descriptor, file, offset, length, offset);
    closeSync(descriptor);
    for (const at of statistics) view.setBigInt64(at, view.getBigInt64(at, true) + BigInt(DAY_MS), true);
    for (const at of firstTimes) writeTime(file, at, readTime(file, at) + DAY_MS);
  }
}

/** The offsets of all times of the day in the footer. Other bytes that read as such a time are too rare to matter. */
function statisticsOf(view: DataView, footer: number, startMs: EpochMs): number[] {
  const found: number[] = [];
  for (let at = footer; at + 8 <= view.byteLength; at++) {
    if (inDay(Number(view.getBigInt64(at, true)), startMs)) found.push(at);
  }
  return found;
}

/**
 * The offset of the first time in a chunk of times; the other times are stored as differences. Page header and
 * parameters before it are shorter than `HEADER_BYTES_MAX`, and Snappy stores bytes there literally.
 */
function firstTimeOf(file: Uint8Array, chunk: number, startMs: EpochMs): number {
  for (let at = chunk; at < chunk + HEADER_BYTES_MAX; at++) if (inDay(readTime(file, at), startMs)) return at;
  throw new Error("a chunk of times has no first time");
}

const HEADER_BYTES_MAX = 128;
/** Bytes of a zigzag varint of milliseconds, from 1970-07 to 2039. */
const TIME_BYTES = 6;

function readTime(file: Uint8Array, at: number): EpochMs {
  let value = 0;
  for (let i = TIME_BYTES - 1; i >= 0; i--) {
    const byte = file[at + i] as number;
    if (byte >= 0x80 !== i < TIME_BYTES - 1) return Number.NaN;
    value = value * 0x80 + (byte & 0x7f);
  }
  return value / 2;
}

function writeTime(file: Uint8Array, at: number, ms: EpochMs): void {
  let rest = ms * 2;
  for (let i = 0; i < TIME_BYTES; i++, rest = Math.floor(rest / 0x80)) {
    file[at + i] = (rest % 0x80) | (i < TIME_BYTES - 1 ? 0x80 : 0);
  }
}

const inDay = (ms: EpochMs, startMs: EpochMs) => ms >= startMs && ms < startMs + DAY_MS;
