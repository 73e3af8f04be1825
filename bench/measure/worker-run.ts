import { setTimeout as sleep } from "node:timers/promises";
import { BackfillClient } from "../../client/client.ts";
import { startWorker } from "../../local/stack/stack.ts";
import type { Status } from "../../src/contract/backfill.ts";
import { daysOf, parseUtcDay } from "../../src/domain/day.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { type ProcessFigures, workerdFigures } from "./process-figures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const ACE_KEY = "test-key";
const BACKFILL_KEY = "bench";

export interface WorkerRunOptions {
  readonly api: string;
  readonly sites: readonly string[];
  readonly from: string;
  readonly to: string;
  /** A day without samples, backfilled first: R2 and KV of local development start at their first use. */
  readonly emptyDay?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly v8Flags?: readonly string[];
  readonly msMax?: number;
}

export interface WorkerRun {
  readonly stateDir: string;
  readonly status: Status;
  /** Until the last day was complete; roll-ups after it, which are no part of the job, are not counted. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly idle: ProcessFigures;
  readonly after: ProcessFigures;
  /** Of all sites together, which share the isolate. */
  readonly pipelineBytesPeak: number;
  /** Lines of the Worker's own log with `ERROR`. */
  readonly errors: readonly string[];
}

/** Starts the Worker on workerd with a high rate limit, backfills to the end, and stops it. */
export async function runWorker(options: WorkerRunOptions, run: CommandRun): Promise<WorkerRun> {
  const stateDir = temporaryFolder(run);
  const errors: string[] = [];
  const finish = { daysLeft: Number.POSITIVE_INFINITY, note: () => {} };
  const worker = await startWorker({
    stateDir,
    signal: run.signal,
    ...(options.v8Flags ? { v8Flags: options.v8Flags } : {}),
    onLine: (line) => {
      if (/ERROR|fatal|out of memory/i.test(line)) errors.push(line);
      if (process.env.BENCH_VERBOSE) console.error(line);
      if (line.includes("[BACKFILL] Day complete") && --finish.daysLeft === 0) finish.note();
    },
    vars: {
      ACE_API_BASE: options.api,
      ACE_API_KEY: ACE_KEY,
      BACKFILL_API_KEY: BACKFILL_KEY,
      SITE_NAME: options.sites.join(","),
      REQUESTS_PER_MINUTE: "60000",
      ...options.vars,
    },
  });
  try {
    const client = new BackfillClient(worker.url, BACKFILL_KEY);
    // The first requests compile the Worker. The CPU of an idle Worker is not the day's.
    await client.status();
    if (options.emptyDay) {
      await client.start(options.emptyDay, options.emptyDay);
      await settled(client, RUN_MS_MAX);
    }
    await sleep(IDLE_MS);
    const idle = workerdFigures(worker.pid);
    // Seen in the Worker's log, because a status comes up to some seconds later, after steps of roll-ups.
    let seen: { atMs: number; after: ProcessFigures } | undefined;
    finish.daysLeft = options.sites.length * daysIn(options);
    finish.note = () => {
      seen = { atMs: performance.now(), after: workerdFigures(worker.pid) };
    };
    const startedAt = performance.now();
    const started = await client.start(options.from, options.to);
    if (started.status !== 202) throw new Error(`start answered ${JSON.stringify(started)}`);
    const status = await settled(client, options.msMax ?? RUN_MS_MAX);
    const { atMs, after } = seen ?? { atMs: performance.now(), after: workerdFigures(worker.pid) };
    if (after.pids.join() !== idle.pids.join()) {
      errors.push("workerd was started again during the run: it crashed, or a source file was edited");
    }
    return {
      stateDir,
      status,
      wallSeconds: (atMs - startedAt) / 1000,
      cpuSeconds: after.cpuSeconds - idle.cpuSeconds,
      idle,
      after,
      pipelineBytesPeak: Math.max(...status.sites.map((site) => site.pipeline_bytes_peak)),
      errors,
    };
  } finally {
    await worker.stop();
  }
}

function daysIn({ from, to }: WorkerRunOptions): number {
  const [first, last] = [parseUtcDay(from), parseUtcDay(to)];
  if (!first || !last) throw new RangeError(`not days: ${from}, ${to}`);
  return daysOf(first, last).length;
}

/** Polls seldom: ten requests a second took as much CPU as the day. */
async function settled(client: BackfillClient, msMax: number): Promise<Status> {
  const deadline = performance.now() + msMax;
  for (;;) {
    await sleep(POLL_MS);
    const status = await client.status().catch(() => undefined);
    if (status && status.status !== "in_progress") return status;
    if (performance.now() > deadline)
      throw new Error(`not done after ${msMax} ms: ${JSON.stringify(status)}`);
  }
}

const POLL_MS = 1_000;
const IDLE_MS = 2_000;
/** Ends a run that hangs; a busy machine takes minutes for the larger days. */
const RUN_MS_MAX = 900_000;
