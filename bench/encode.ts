/**
 * CPU and bytes of a site-day from columns to Parquet: `node --expose-gc bench/encode.ts [samples] [late ms]`.
 *
 * A made-up day of 3.74 million samples from 4,583 points, in order of time as the API sends them, in runs of
 * `RUN_SAMPLES`; a tenth of the points each of the kinds below. Every other point reports up to `late` milliseconds
 * late (0): noise that the timestamps then have to carry.
 */
import { RUN_SAMPLES } from "../src/domain/limits.ts";
import type { SampleColumns } from "../src/domain/samples.ts";
import { toBlocks } from "../src/parquet/blocks.ts";
import { encodeFooter, RowGroupEncoder } from "../src/parquet/encode.ts";
import { MemoryBlocks } from "../src/parquet/encode-day.ts";
import { mergeSlice } from "../src/parquet/merge.ts";
import { MERGE_START } from "../src/parquet/position.ts";
import { sortRun } from "../src/parquet/run.ts";

const SAMPLES = Number(process.argv[2] ?? 3_741_234);
const LATE_MS = Number(process.argv[3] ?? 0);
const POINTS = 4_583;
const ROW_GROUP_SIZE = 10_000;
const DAY_START_MS = Date.UTC(2024, 0, 15);
const DAY_MICROS = 86_400_000_000;

let seed = 12345;
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

/** The next value of a point from its last, by kind. */
const kinds: ((last: number) => number)[] = [
  (last) => Math.round((last + (random() - 0.5) * 0.6) * 10) / 10, // a temperature
  (last) => (random() < 0.01 ? 18 + Math.floor(random() * 8) : last), // a setpoint
  () => Math.fround(random() * 100), // float32 noise
  (last) => (random() < 0.05 ? 1 - Math.sign(last) : Math.sign(last)), // a state
  (last) => last + Math.floor(random() * 5), // a counter
  (last) => Math.round((last + (random() - 0.5) * 0.4) * 100) / 100, // a flow
  (last) => Math.min(100, Math.max(0, Math.round(last + (random() - 0.5) * 4))), // a valve in percent
  (last) => (random() < 0.3 ? Math.round(random() * 1000) / 10 : last), // change of value
  () => 72, // a constant
  (last) => Math.fround(last + (random() - 0.5)), // a float32 walk
];

const names = Array.from(
  { length: POINTS },
  (_, id) => `ses_falls_city/floor_${1 + (id % 9)}/vav_${String(id).padStart(5, "0")}/present_value_of_zone`,
).sort();
const interval = (DAY_MICROS * POINTS) / SAMPLES;
const phase = Array.from({ length: POINTS }, () => Math.floor(random() * 1_000_000));
const last = Array.from({ length: POINTS }, () => 20);

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
for (const run of runs()) {
  const sorted = timed("sort runs", () => sortRun(run));
  const blocks = timed("to blocks", () => toBlocks(sorted, DAY_START_MS * 1000, POINTS));
  blockCount += blocks.length;
  for (const { bytes } of blocks) blockBytes += bytes.length;
  source.add(blocks);
}

const encoder = new RowGroupEncoder({ site: "ses_falls_city", dayStartMs: DAY_START_MS, names });
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
      if (metadata.length % 16 === 0) notePeak();
    }),
  );
  cpu.merge -= cpu.encode - encodedBefore;
  slices++;
}
const footer = timed("footer", () => encodeFooter(metadata));
const bytes = encoder.fileOffset + footer.length;

console.log(
  `${position.rows} rows of ${position.points} points, ${position.duplicates} duplicates, ${slices} slices`,
);
for (const [what, seconds] of Object.entries(cpu))
  console.log(`${what.padEnd(10)} ${seconds.toFixed(2)} s CPU`);
console.log(`merge + encode + footer ${(cpu.merge + cpu.encode + cpu.footer).toFixed(2)} s CPU`);
console.log(`${bytes} bytes, ${(bytes / position.rows).toFixed(2)} a row; footer ${footer.length}`);
console.log(
  `${blockCount} blocks, ${blockBytes} bytes staged, ${(blockBytes / position.read).toFixed(1)} a sample`,
);
console.log(
  `peak ${(peak / 2 ** 20).toFixed(1)} MiB above the start of the merge, ${globalThis.gc ? "alive" : "garbage included"}`,
);

/** With --expose-gc what is alive, otherwise garbage as well; the collection is timed as part of the merge. */
function memoryUsed(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function notePeak(): void {
  peak = Math.max(peak, memoryUsed() - base);
}

/** The day in order of time: every point reports once an interval, at its own phase. */
function* runs(): Generator<SampleColumns> {
  let run = emptyRun();
  for (let made = 0; made < SAMPLES; made++) {
    const point = made % POINTS;
    const late = point % 2 === 0 ? 0 : Math.floor(random() * LATE_MS * 1000);
    const at = Math.floor(Math.floor(made / POINTS) * interval) + (phase[point] as number) + late;
    run.point[run.length] = point;
    run.micros[run.length] = DAY_START_MS * 1000 + Math.min(at, DAY_MICROS - 1);
    const value = (kinds[point % kinds.length] as (last: number) => number)(last[point] as number);
    last[point] = value;
    run.value[run.length++] = value;
    if (run.length === RUN_SAMPLES) {
      yield run;
      run = emptyRun();
    }
  }
  yield run;
}

function emptyRun() {
  return {
    length: 0,
    point: new Uint32Array(RUN_SAMPLES),
    micros: new Float64Array(RUN_SAMPLES),
    value: new Float64Array(RUN_SAMPLES),
  };
}
