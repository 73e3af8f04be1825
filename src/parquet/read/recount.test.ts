import type { AsyncBuffer } from "hyparquet";
import { describe, expect, it } from "vitest";
import { encodeDay } from "../../../test/support/parquet/encode-day.ts";
import { columnsOf, type Row, referenceFile, type Sample } from "../../../test/support/parquet/reference.ts";
import type { FileSpec } from "../file/file.ts";
import { recount } from "./recount.ts";
import { FileUnreadable } from "./unreadable.ts";

const DAY_START_MS = Date.UTC(2024, 0, 15);
const spec: FileSpec = {
  site: "ses_falls_city",
  dayStartMs: DAY_START_MS,
  // In UTF-8 order, which is not the order of JavaScript's strings.
  names: ["a", "b", "\u{ff5e}", "\u{1f321}"],
};
const samples: Sample[] = Array.from({ length: 2_500 }, (_, i) => ({
  point: i % 4,
  micros: (DAY_START_MS + 1_000 + i) * 1000,
  value: i,
}));
const file = encodeDay(spec, [columnsOf(samples)], { rowGroupSize: 1_000 });

describe("a recount", () => {
  it("finds rows, points, first and last timestamp and the order", async () => {
    expect(await finish(recount(bufferOf(file), spec.site))).toEqual({
      rows: 2_500,
      points: 4,
      firstTimestampMs: DAY_START_MS + 1_000,
      lastTimestampMs: DAY_START_MS + 3_499,
      sorted: true,
      siteMatches: true,
    });
  });

  it("can be paused after each row group", async () => {
    const rows: number[] = [];
    for await (const { rows: soFar } of recount(bufferOf(file), spec.site)) rows.push(soFar);
    expect(rows).toEqual([1_000, 2_000, 2_500]);
  });

  it("of a file without rows has zero counts", async () => {
    const empty = encodeDay(spec, [], { rowGroupSize: 1_000 });
    expect(await finish(recount(bufferOf(empty), spec.site))).toMatchObject({
      rows: 0,
      points: 0,
      firstTimestampMs: undefined,
      sorted: true,
    });
  });

  it("reports a file of another site", async () => {
    expect(await finish(recount(bufferOf(file), "ses_other"))).toMatchObject({ siteMatches: false });
  });

  it.each<[string, Row[]]>([
    ["points out of order", [row(1, 0), row(0, 1)]],
    ["points in the order of UTF-16", [row(3, 0), row(2, 1)]],
    ["timestamps out of order", [row(0, 1), row(0, 0)]],
    ["a row twice", [row(0, 1), row(0, 1)]],
    ["a row twice on both sides of a row group's end", [row(0, 0), row(0, 1), row(0, 1)]],
  ])("reports %s", async (_, rows) => {
    const unsorted = referenceFile(spec, rows, 2);
    expect(await finish(recount(bufferOf(unsorted), spec.site))).toMatchObject({
      rows: rows.length,
      sorted: false,
    });
  });

  it("rejects bytes that are not Parquet, a truncated file, and a file with damaged pages", async () => {
    const noise = new Uint8Array(1_000).fill(7);
    const truncated = file.slice(0, file.length - 10);
    const damaged = file.slice().fill(0xff, 4, 2_000);
    for (const bytes of [noise, truncated, damaged]) {
      await expect(finish(recount(bufferOf(bytes), spec.site))).rejects.toThrow(FileUnreadable);
    }
  });

  it("rejects a file of another schema", async () => {
    const at = findBytes(file, "point_name", file.length - 3_000);
    const renamed = file.slice();
    renamed.set(new TextEncoder().encode("paint_name"), at);
    await expect(finish(recount(bufferOf(renamed), spec.site))).rejects.toThrow(/schema/);
  });

  it("passes on an error of the storage unchanged, because it says nothing about the file", async () => {
    const failure = new Error("R2 is unavailable");
    const failing: AsyncBuffer = { byteLength: file.length, slice: () => Promise.reject(failure) };
    await expect(finish(recount(failing, spec.site))).rejects.toBe(failure);
  });

  it("reads a small file in one request for the footer and one request for the rest", async () => {
    const requests: number[] = [];
    const counting = bufferOf(file, (bytes) => requests.push(bytes));
    await finish(recount(counting, spec.site));
    expect(requests).toHaveLength(2);
  });
});

async function finish<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  while (true) {
    const step = await generator.next();
    if (step.done) return step.value;
  }
}

function bufferOf(bytes: Uint8Array, onRead: (bytes: number) => void = () => {}): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice(start, end = bytes.length) {
      onRead(end - start);
      return bytes.slice(start, end).buffer as ArrayBuffer;
    },
  };
}

function row(point: number, ms: number): Row {
  return { point, timestampMs: DAY_START_MS + ms, value: 1 };
}

function findBytes(bytes: Uint8Array, text: string, from: number): number {
  return Buffer.from(bytes).indexOf(text, Math.max(0, from));
}
