/**
 * CPU and bytes of a site-day from columns to Parquet, and the bytes by column: `npm run bench:encode -- [samples] [late ms]`.
 *
 * A made-up day of 3.74 million samples from 4,583 points, in order of time as the API sends them, in runs of
 * `RUN_SAMPLES`; the kinds of points are those of `made-up-day.ts`. Every other point reports up to `late`
 * milliseconds late (default 0), which makes its timestamps irregular.
 */

import { parquetMetadata } from "hyparquet";
import { encodeFooter, RowGroupEncoder } from "../../src/parquet/file/file.ts";
import { MERGE_START, mergeSlice } from "../../src/parquet/merge/merge.ts";
import { sortRun, toBlocks } from "../../src/parquet/run/run.ts";
import { MemoryBlocks } from "../../test/support/parquet/encode-day.ts";
import { madeUpRuns, REFERENCE_NAMES, REFERENCE_SAMPLES } from "../data/data.ts";

const SAMPLES = Number(process.argv[2] ?? REFERENCE_SAMPLES);
const LATE_MS = Number(process.argv[3] ?? 0);
const POINTS = REFERENCE_NAMES.length;
const ROW_GROUP_SIZE = 10_000;
const DAY_START_MS = Date.UTC(2024, 0, 15);

const day = { samples: SAMPLES, points: POINTS, dayStartMs: DAY_START_MS, lateMs: LATE_MS };

const cpu = { "sort runs": 0, "to blocks": 0, merge: 0, encode: 0, footer: 0 };
function timed<T>(what: keyof typeof cpu, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(before);
  cpu[what] += (used.user + used.system) / 1e6;
  return result;
}

const source = new MemoryBlocks();
let blockCount = 0;
let blockBytes = 0;
for (const run of madeUpRuns(day)) {
  const sorted = timed("sort runs", () => sortRun(run));
  const blocks = timed("to blocks", () => toBlocks(sorted, DAY_START_MS * 1000, POINTS));
  blockCount += blocks.length;
  for (const { bytes } of blocks) blockBytes += bytes.length;
  source.add(blocks);
}

const spec = { site: "ses_falls_city", dayStartMs: DAY_START_MS, names: REFERENCE_NAMES };
const encoder = new RowGroupEncoder(spec);
const metadata: Uint8Array[] = [];
let position = MERGE_START;
let slices = 0;
let peak = 0;
const base = memoryUsed();
while (!position.done) {
  const encodedBefore = cpu.encode;
  position = timed("merge", () =>
    mergeSlice(source, position, { rowGroupSize: ROW_GROUP_SIZE }, (rows) => {
      metadata.push(timed("encode", () => encoder.encode(rows)).metadata);
      if (metadata.length % 16 === 0) recordPeak();
    }),
  );
  cpu.merge -= cpu.encode - encodedBefore;
  slices++;
}
const footer = timed("footer", () => encodeFooter(metadata, spec));
const bytes = encoder.fileOffset + footer.length;

console.log(
  `${position.rows} rows of ${position.points} points, ${position.duplicates} duplicates, ${slices} slices`,
);
for (const [what, seconds] of Object.entries(cpu))
  console.log(`${what.padEnd(10)} ${seconds.toFixed(2)} s CPU`);
console.log(`merge + encode + footer ${(cpu.merge + cpu.encode + cpu.footer).toFixed(2)} s CPU`);
console.log(`${bytes} bytes, ${(bytes / position.rows).toFixed(2)} a row; footer ${footer.length}`);
console.log(columnBytes().join(", "));
console.log(
  `${blockCount} blocks, ${blockBytes} bytes staged, ${(blockBytes / position.read).toFixed(1)} a sample`,
);
console.log(
  `peak ${(peak / 2 ** 20).toFixed(1)} MiB above the start of the merge, ${globalThis.gc ? "after garbage collection" : "including garbage"}`,
);

/** The bytes of each column, by the footer. */
function columnBytes(): string[] {
  const { row_groups } = parquetMetadata(footer);
  const sums = new Map<string, number>();
  for (const { meta_data } of row_groups.flatMap(({ columns }) => columns)) {
    const [name = ""] = meta_data?.path_in_schema ?? [];
    sums.set(name, (sums.get(name) ?? 0) + Number(meta_data?.total_compressed_size));
  }
  return [...sums].map(([name, sum]) => `${name} ${(sum / position.rows).toFixed(3)}`);
}

/** Memory in use. With --expose-gc it is measured after a collection, which is timed as part of the merge. */
function memoryUsed(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function recordPeak(): void {
  peak = Math.max(peak, memoryUsed() - base);
}
