import { parentPort, workerData } from "node:worker_threads";
import { mustEndAs, pairs, shareOf, singles } from "./matrix.ts";
import { runSchedule } from "./schedule.ts";

export interface Share {
  readonly seed: number;
  readonly pairs: number;
  readonly share: number;
  readonly of: number;
}

/** What a worker tells after each schedule. */
export interface Told {
  readonly failure?: string;
}

const { seed, pairs: pairCount, share, of } = workerData as Share;
const tell = (told: Told) => parentPort?.postMessage(told);
// A promise that nobody waits for is lost work, wherever it was.
process.on("unhandledRejection", (error) => tell({ failure: `a rejection that nobody handles: ${error}` }));

const unharmed = await runSchedule({ seed, breaks: [] });
const all = [...singles(seed, unharmed.labels), ...pairs(seed, unharmed.labels, pairCount)];
for (const schedule of shareOf(all, share, of)) {
  try {
    await mustEndAs(unharmed, schedule);
    tell({});
  } catch (error) {
    tell({ failure: error instanceof Error ? error.message : String(error) });
  }
}
