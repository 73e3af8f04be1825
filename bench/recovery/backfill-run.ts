import { setTimeout as sleep } from "node:timers/promises";
import { BackfillClient } from "../../client/client.ts";
import { openState, startWorker, type WorkerProcess } from "../../local/stack/stack.ts";
import { type Simulator, startSimulator } from "../../simulator/server/server.ts";
import { addDays, type UtcDay } from "../../src/domain/day.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { ACE_KEY, temporaryFolder } from "../measure/measure.ts";

/** The default: a run is one page. */
export const PAGE_SIZE = 50_000;
const SITE = "site_a";
const FIRST_DAY = "2024-01-15" as UtcDay;
const BUILDING = { pointsPerSite: 1_000, samplesPerDay: 750_000, oddShare: 0, duplicateShare: 0 };
/** A page a second, and each takes three times as long, so that most lanes have a request in flight. */
const REQUESTS_PER_MINUTE = "60";
const LATENCY_MS = 3_000;
const BACKFILL_KEY = "bench";
const POLL_MS = 1_000;

/** A backfill of a simulated site that has been started, with its own state. */
export interface BackfillRun {
  readonly simulator: Simulator;
  /** Kills the whole process group. */
  kill(): Promise<void>;
  /** Starts the Worker on the same state. Resolves with the time at which `GET /health` answered. */
  startAgain(): Promise<number>;
  /** Waits until all days are verified; a day that failed by the kills is tried again. */
  completed(): Promise<void>;
  /** The day files in R2. */
  objects(): Promise<{ readonly key: string; readonly bytes: Uint8Array }[]>;
  close(): Promise<void>;
}

/** Starts a backfill of `days` days, and resolves when its first page has been requested. */
export async function openBackfillRun(days: number, run: CommandRun): Promise<BackfillRun> {
  const simulator = await startSimulator({ sites: [SITE], ...BUILDING, latency: { ms: LATENCY_MS } });
  run.onEnd(() => simulator.close());
  for (let day = 0; day < days; day++) simulator.prerender(SITE, addDays(FIRST_DAY, day));
  const stateDir = temporaryFolder(run);
  const open = (): Promise<WorkerProcess> =>
    startWorker({
      stateDir,
      signal: run.signal,
      vars: {
        ACE_API_BASE: simulator.api,
        ACE_API_KEY: ACE_KEY,
        BACKFILL_API_KEY: BACKFILL_KEY,
        SITE_NAME: SITE,
        REQUESTS_PER_MINUTE,
        PAGE_SIZE: String(PAGE_SIZE),
      },
    });
  let worker = await open();
  const client = () => new BackfillClient(worker.url, BACKFILL_KEY);
  await client().start(FIRST_DAY, addDays(FIRST_DAY, days - 1));
  while (!simulator.arrivals().some(({ kind }) => kind === "samples")) await sleep(50);
  return {
    simulator,
    kill: () => worker.kill(),
    async startAgain() {
      worker = await open();
      await (await fetch(`${worker.url}/health`)).arrayBuffer();
      return Date.now();
    },
    async completed() {
      for (;;) {
        const { status, outcome } = await client().status();
        if (status !== "in_progress" && outcome === "success") return;
        if (status !== "in_progress") await client().call("POST", "/backfill/retry");
        await sleep(POLL_MS);
      }
    },
    async objects() {
      const state = await openState(stateDir);
      try {
        const keys = await state.keys("timeseries/");
        return await Promise.all(
          keys.map(async (key) => ({ key, bytes: (await state.bytes(key)) ?? new Uint8Array() })),
        );
      } finally {
        await state.close();
      }
    },
    close: () => worker.stop(),
  };
}
