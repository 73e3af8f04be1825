import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { TimeseriesQuery } from "../../../src/contract/query.ts";
import type { AnswerMemory, MemoryRun } from "../query-memory-run.ts";

/** The peak of the live memory of an answer out of roll-ups, in a separate process, for a slow reader. */
export function rollupMemory(folder: string, query: TimeseriesQuery): number {
  const memoryRun: MemoryRun = {
    folder,
    rollups: true,
    collectGarbage: true,
    // A full garbage collection takes longer than a read; these are few.
    readsPerMeasurement: 4,
    answers: [{ query, format: "json" }],
  };
  const script = join(import.meta.dirname, "../query-memory-run.ts");
  const args = ["--expose-gc", script, JSON.stringify(memoryRun)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the answer failed: ${stderr}`);
  const [memory] = JSON.parse(stdout) as AnswerMemory[];
  return memory?.peakBytes ?? Number.NaN;
}
