import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { pairs, singles } from "./matrix.ts";
import { parseSchedule, runSchedule } from "./schedule.ts";
import type { ScheduleResult, Share } from "./share.ts";
import { SUBJECT_NAMES, type SubjectName } from "./subjects.ts";

const USAGE = `npm run test:faults -- [--subject job|due|live|rollup] [--seed N] [--pairs N] [--workers N]
npm run test:faults -- --replay 'job 11: die after @ 120 + late @ 301'

Breaks every effect of a small backfill, of due days beside one, and of live data around midnight beside one, in every way,
then pairs of effects. Of live data, which repeats itself, it breaks a share of each kind of effect. Checks invariants after
every step, and the result.`;

const { values } = parseArgs({
  options: {
    subject: { type: "string", multiple: true, default: SUBJECT_NAMES },
    seed: { type: "string", default: "11" },
    pairs: { type: "string", default: "6000" },
    workers: { type: "string", default: String(availableParallelism()) },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(USAGE);
else if (values.replay !== undefined) await replay(values.replay);
else
  for (const subject of SUBJECT_NAMES.filter((name) => values.subject.includes(name)))
    await runAll(subject, Number(values.seed), Number(values.pairs), Number(values.workers));

/** Runs a schedule and prints all effects and the result. */
async function replay(text: string): Promise<void> {
  const { ending, labels } = await runSchedule(parseSchedule(text));
  console.log(labels.map((label, nth) => `${nth} ${label}`).join("\n"));
  console.log(JSON.stringify(ending, null, 2));
}

async function runAll(subject: SubjectName, seed: number, pairCount: number, workers: number): Promise<void> {
  const undisturbed = await runSchedule({ subject, seed, breaks: [] });
  const run = { subject, seed };
  const all = [...singles(run, undisturbed), ...pairs(run, undisturbed, pairCount)].length;
  console.log(
    `${subject}: ${all} schedules over ${undisturbed.breakable.length} effects, seed ${seed}, ${workers} workers`,
  );
  const begun = performance.now();
  const failures: string[] = [];
  let ran = 0;
  const onResult = ({ failure }: ScheduleResult) => {
    ran += 1;
    if (failure !== undefined) {
      failures.push(failure);
      console.log(`FAILED ${failure}`);
    }
    if (ran % 500 === 0) console.error(`${ran} of ${all}, ${failures.length} failed`);
  };
  await Promise.all(
    Array.from({ length: workers }, (_, share) =>
      runShare({ subject, seed, pairs: pairCount, share, of: workers }, onResult),
    ),
  );
  const ms = ((performance.now() - begun) * workers) / ran;
  console.log(`${ran} schedules ran, ${ms.toFixed(0)} ms each, ${failures.length} failed`);
  if (failures.length > 0) {
    console.log("replay a schedule with: npm run test:faults -- --replay '<the text before the brackets>'");
    process.exitCode = 1;
  }
}

function runShare(share: Share, onResult: (result: ScheduleResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.resolve("./share.ts")), { workerData: share });
    worker.on("message", onResult);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}
