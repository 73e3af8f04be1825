import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { pairs, singles } from "./matrix.ts";
import { parseSchedule, runSchedule } from "./schedule.ts";
import type { Share, Told } from "./worker.ts";

const USAGE = `npm run test:faults -- [--seed N] [--pairs N] [--workers N]
npm run test:faults -- --replay '11: die after @ 120 + late @ 301'

Breaks every effect of a small backfill in every way, then pairs of them, and checks after every step and in the end.`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "11" },
    pairs: { type: "string", default: "6000" },
    workers: { type: "string", default: String(availableParallelism()) },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else if (values.replay !== undefined) await replay(values.replay);
else await runAll(Number(values.seed), Number(values.pairs), Number(values.workers));

/** Runs one schedule and tells the whole story. */
async function replay(text: string): Promise<void> {
  const { ending, labels } = await runSchedule(parseSchedule(text));
  console.log(labels.map((label, nth) => `${nth} ${label}`).join("\n"));
  console.log(JSON.stringify(ending, null, 2));
}

async function runAll(seed: number, pairCount: number, workers: number): Promise<void> {
  const { labels } = await runSchedule({ seed, breaks: [] });
  const all = [...singles(seed, labels)].length + [...pairs(seed, labels, pairCount)].length;
  console.log(`${all} schedules over ${labels.length} effects, seed ${seed}, ${workers} workers`);
  const begun = performance.now();
  const failures: string[] = [];
  let ran = 0;
  const heard = ({ failure }: Told) => {
    ran += 1;
    if (failure !== undefined) {
      failures.push(failure);
      console.log(`FAILED ${failure}`);
    }
    if (ran % 500 === 0) console.error(`${ran} of ${all}, ${failures.length} failed`);
  };
  await Promise.all(
    Array.from({ length: workers }, (_, share) =>
      runShare({ seed, pairs: pairCount, share, of: workers }, heard),
    ),
  );
  const ms = ((performance.now() - begun) * workers) / ran;
  console.log(`${ran} schedules ran, ${ms.toFixed(0)} ms each, ${failures.length} failed`);
  if (failures.length > 0) {
    console.log("replay one with: npm run test:faults -- --replay '<what stands before the brackets>'");
    process.exitCode = 1;
  }
}

function runShare(share: Share, heard: (told: Told) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.resolve("./worker.ts")), { workerData: share });
    worker.on("message", heard);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
