/**
 * The pipeline's own code on the saved pages, without workerd, network, SQLite and hash:
 * `node bench/ingest/contenders/pipeline.ts FOLDER SITE DAY` writes FOLDER/pipeline.parquet, and prints one line of JSON,
 * with the phases. Shows where the Worker's CPU is used and how much a merge slice takes: in a deployed Worker the clock
 * does not advance during work.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { decodeSamples } from "../../../src/ace/page/page.ts";
import { requestedSpan } from "../../../src/ace/paging/paging.ts";
import { dayStartMs, parseUtcDay } from "../../../src/domain/day.ts";
import { windowsOf } from "../../../src/domain/windows.ts";
import { encodeFooter } from "../../../src/parquet/file/file.ts";
import { encodeSlice, FILE_START } from "../../../src/parquet/merge/merge.ts";
import { RunBuilder } from "../../../src/parquet/run/run.ts";
import { MemoryBlocks } from "../../../test/support/parquet/encode-day.ts";
import { type Conversion, conversionArguments, printConversion } from "./conversion.ts";
import { namesIn, pagesIn } from "./saved-day.ts";

/** Seconds of CPU. */
export interface Phases {
  readonly decode: number;
  readonly sort: number;
  /** With the encoding and the writing of the file. */
  readonly merge: number;
  /** The slice of the merge with the most CPU. */
  readonly sliceMax: number;
  readonly slices: number;
}

export interface PipelineConversion extends Conversion {
  readonly phases: Phases;
}

/** The default of the Worker. */
const ROW_GROUP_SIZE = 10_000;

const { path, site, folder, day: dayText } = conversionArguments("pipeline");
const day = parseUtcDay(dayText);
const [keep] = day ? windowsOf(day, 1) : [];
if (!day || !keep) throw new RangeError(`not a day: ${dayText}`);
const startMs = dayStartMs(day);

const cpu = { decode: 0, sort: 0, merge: 0 };
function timed<T>(phase: keyof typeof cpu, work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(before);
  cpu[phase] += (used.user + used.system) / 1e6;
  return result;
}

await printConversion(path, () => {
  const names = namesIn(folder);
  const context = {
    points: new Map(names.map((name, id) => [name, id])),
    keep,
    requested: requestedSpan(keep),
  };
  const source = new MemoryBlocks();
  for (const page of pagesIn(folder)) {
    const body = readFileSync(page);
    const { kept } = timed("decode", () => decodeSamples(body, context));
    timed("sort", () => {
      const run = new RunBuilder(kept.length);
      run.append(kept);
      source.add(run.seal(startMs * 1000, names.length));
    });
  }

  const metadata: Uint8Array[] = [];
  const spec = { site, dayStartMs: startMs, names };
  const file = openSync(path, "w");
  let position = FILE_START;
  let slices = 0;
  let sliceMax = 0;
  while (!position.merge.done) {
    const before = cpu.merge;
    position = timed("merge", () =>
      encodeSlice(source, position, spec, { rowGroupSize: ROW_GROUP_SIZE }, (group) => {
        writeSync(file, group.bytes);
        metadata.push(group.metadata);
      }),
    );
    sliceMax = Math.max(sliceMax, cpu.merge - before);
    slices++;
  }
  timed("merge", () => writeSync(file, encodeFooter(metadata, spec)));
  closeSync(file);
  const phases: Phases = { ...cpu, sliceMax, slices };
  return { phases };
});
