import { parentPort, workerData } from "node:worker_threads";
import { mustEndAs, pairs, shareOf, singles } from "./matrix.ts";
import { runSchedule } from "./schedule.ts";
import type { SubjectName } from "./subjects.ts";

export interface Share {
  readonly subject: SubjectName;
  readonly seed: number;
  readonly pairs: number;
  readonly share: number;
  readonly of: number;
}

/** The message that a worker thread posts after each schedule. */
export interface ScheduleResult {
  readonly failure?: string;
}

const { subject, seed, pairs: pairCount, share, of } = workerData as Share;
const post = (result: ScheduleResult) => parentPort?.postMessage(result);
// An unhandled rejection is a failure, whichever schedule caused it.
process.on("unhandledRejection", (error) => post({ failure: `an unhandled rejection: ${error}` }));

const undisturbed = await runSchedule({ subject, seed, breaks: [] });
const all = [...singles({ subject, seed }, undisturbed), ...pairs({ subject, seed }, undisturbed, pairCount)];
for (const schedule of shareOf(all, share, of)) {
  try {
    await mustEndAs(undisturbed, schedule);
    post({});
  } catch (error) {
    post({ failure: error instanceof Error ? error.message : String(error) });
  }
}
