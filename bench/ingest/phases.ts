import { readFileSync } from "node:fs";
import { decodeSamples } from "../../src/ace/page/page.ts";
import { requestedSpan } from "../../src/ace/paging/paging.ts";
import { dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { windowsOf } from "../../src/domain/windows.ts";
import { encodeFooter } from "../../src/parquet/file/file.ts";
import { encodeSlice, FILE_START } from "../../src/parquet/merge/merge.ts";
import { RunBuilder } from "../../src/parquet/run/run.ts";
import { MemoryBlocks } from "../../test/support/parquet/encode-day.ts";
import type { SavedPages } from "./saved-pages.ts";

/** Seconds of CPU. */
export interface Phases {
  readonly decode: number;
  readonly sort: number;
  readonly merge: number;
  /** The slice of the merge with the most CPU. */
  readonly sliceMax: number;
  readonly slices: number;
  readonly bytes: number;
}

/**
 * Runs the pipeline's own code on the saved pages in this process, without network, SQLite and hash. Shows where the
 * Worker's CPU is used and how much a merge slice takes: in a deployed Worker the clock does not advance during work.
 */
export function timePhases(pages: SavedPages, site: string, day: UtcDay): Phases {
  const cpu = { decode: 0, sort: 0, merge: 0 };
  const timed = <T>(phase: keyof typeof cpu, work: () => T): T => {
    const before = process.cpuUsage();
    const result = work();
    const used = process.cpuUsage(before);
    cpu[phase] += (used.user + used.system) / 1e6;
    return result;
  };
  const points = new Map(pages.names.map((name, id) => [name, id]));
  const [keep] = windowsOf(day, 1);
  if (!keep) throw new Error("a day has a window");
  const source = new MemoryBlocks();
  for (const path of pages.paths) {
    const body = readFileSync(path);
    const page = timed("decode", () => decodeSamples(body, { points, keep, requested: requestedSpan(keep) }));
    timed("sort", () => {
      const run = new RunBuilder(page.kept.length);
      run.append(page.kept);
      source.add(run.seal(dayStartMs(day) * 1000, pages.names.length));
    });
  }

  const metadata: Uint8Array[] = [];
  const spec = { site, dayStartMs: dayStartMs(day), names: pages.names };
  let position = FILE_START;
  let slices = 0;
  let sliceMax = 0;
  while (!position.merge.done) {
    const before = cpu.merge;
    position = timed("merge", () =>
      encodeSlice(source, position, spec, { rowGroupSize: 10_000 }, (group) => metadata.push(group.metadata)),
    );
    sliceMax = Math.max(sliceMax, cpu.merge - before);
    slices++;
  }
  const footer = timed("merge", () => encodeFooter(metadata, spec));
  return { ...cpu, sliceMax, slices, bytes: position.fileOffset + footer.length };
}
