import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { EpochMs } from "../../src/domain/day.ts";
import { type ByteRange, indexFooter } from "../../src/parquet/read/read.ts";
import { pruneGroups } from "../../src/query/cold/cold.ts";

/**
 * A file whose rows are all within `spanMs` from `startMs` on, to be written for other spans: its bytes with all times
 * shifted. Only the footer and the row groups that can have `names` are written; the rest of each file is a hole. That
 * makes no difference to a reader of these points, and a year takes some GB and half an hour less.
 */
export class ShiftedFile {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #written: readonly ByteRange[];
  readonly #statistics: readonly number[];
  readonly #firstTimes: readonly number[];
  #shiftMs = 0;

  constructor(file: Uint8Array, names: readonly string[], startMs: EpochMs, spanMs: number) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const isInSpan = (ms: EpochMs) => ms >= startMs && ms < startMs + spanMs;
    const footer = file.length - 8 - this.#view.getUint32(file.length - 8, true);
    const index = indexFooter(file.subarray(footer), file.length);
    const utf8 = new TextEncoder();
    const encoded = names.map((name) => utf8.encode(name));
    const chunks = pruneGroups(index, encoded, startMs, startMs + spanMs).map(({ group }) =>
      index.chunks(group),
    );
    this.#statistics = statisticsOf(this.#view, footer, isInSpan);
    this.#firstTimes = chunks.map(({ timestamp }) => firstTimeOf(file, timestamp.offset, isInSpan));
    this.#written = [
      ...chunks.flatMap((group) => Object.values(group) as ByteRange[]),
      { offset: footer, length: file.length - footer },
    ];
  }

  /** Writes the file with all times `shiftMs` later. */
  write(path: string, shiftMs: number): void {
    const [file, view] = [this.#file, this.#view];
    const moreMs = shiftMs - this.#shiftMs;
    for (const at of this.#statistics)
      view.setBigInt64(at, view.getBigInt64(at, true) + BigInt(moreMs), true);
    for (const at of this.#firstTimes) writeTime(file, at, readTime(file, at) + moreMs);
    this.#shiftMs = shiftMs;
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "w");
    ftruncateSync(descriptor, file.length);
    for (const { offset, length } of this.#written) writeSync(descriptor, file, offset, length, offset);
    closeSync(descriptor);
  }
}

/** The offsets of all times of the span in the footer. Other bytes that read as such a time are too rare to matter. */
function statisticsOf(view: DataView, footer: number, isInSpan: (ms: EpochMs) => boolean): number[] {
  const found: number[] = [];
  for (let at = footer; at + 8 <= view.byteLength; at++) {
    if (isInSpan(Number(view.getBigInt64(at, true)))) found.push(at);
  }
  return found;
}

/**
 * The offset of the first time in a chunk of times; the other times are stored as differences. Page header and
 * parameters before it are shorter than `HEADER_BYTES_MAX`, and Snappy stores bytes there literally.
 */
function firstTimeOf(file: Uint8Array, chunk: number, isInSpan: (ms: EpochMs) => boolean): number {
  for (let at = chunk; at < chunk + HEADER_BYTES_MAX; at++) if (isInSpan(readTime(file, at))) return at;
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
