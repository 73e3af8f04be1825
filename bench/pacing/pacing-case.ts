import { setTimeout as sleep } from "node:timers/promises";
import { BackfillClient } from "../../client/client.ts";
import { startWorker } from "../../local/stack/stack.ts";
import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import { type Simulator, startSimulator } from "../../simulator/server/server.ts";
import { JITTER_MS } from "../../src/backfill/rate-gate/rate-gate.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { ACE_KEY, temporaryFolder } from "../measure/measure.ts";

/** Six times the production limit, so that a case of some minutes has enough requests. */
export const REQUESTS_PER_MINUTE = 300;
/** Between two permits of the gate, which leaves room for the jitter. */
export const INTERVAL_MS = (60_000 + JITTER_MS) / REQUESTS_PER_MINUTE;
/** As many intervals as the delay of 2 s has in production, at 50 requests a minute. */
const RETRY_BASE_DELAY_MS = Math.round((2_000 * 50) / REQUESTS_PER_MINUTE);
const FIRST_DAY = Date.parse("2024-01-15");
const BACKFILL_KEY = "bench";
const POLL_MS = 2_000;
/** 75 pages a day, as many as the default page size gives for the reference site. */
const BUILDING = { pointsPerSite: 200, samplesPerDay: 74_500, oddShare: 0, duplicateShare: 0 };
const PAGE_SIZE = 1_000;

/** A backfill of some days at one latency. */
export interface PacingCase {
  readonly name: string;
  /** How long the API takes for a response, in intervals of the gate. */
  readonly intervals: number;
  readonly sites: readonly string[];
  readonly faults: readonly FaultInput[];
}

/** What the API has seen of a case: all requests for samples of its job. */
export interface PacingResult {
  readonly requests: number;
  /** From the first request to the last, and one interval for the last: as many intervals as requests. */
  readonly wallMs: number;
  /** Time in which the API had asked for a pause, each moment counted once. */
  readonly pausedMs: number;
  readonly failed: number;
  readonly throttled: number;
  readonly arrivalsInAnyMinute: number;
  readonly concurrentMax: number;
  readonly isSuccess: boolean;
}

/** A case whose Worker and API are ready. */
export interface ReadyCase {
  measure(days: number): Promise<PacingResult>;
}

/** Starts the Worker and the API of a case. Starting takes so much CPU that no case may be measured meanwhile. */
export async function openCase(of: PacingCase, run: CommandRun): Promise<ReadyCase> {
  const latencyMs = Math.round(of.intervals * INTERVAL_MS);
  const simulator = await startSimulator({ sites: of.sites, ...BUILDING, latency: { ms: latencyMs } });
  run.onEnd(() => simulator.close());
  const stateDir = temporaryFolder(run);
  const worker = await startWorker({
    stateDir,
    signal: run.signal,
    vars: {
      ACE_API_BASE: simulator.api,
      ACE_API_KEY: ACE_KEY,
      BACKFILL_API_KEY: BACKFILL_KEY,
      SITE_NAME: of.sites.join(","),
      REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
      PAGE_SIZE: String(PAGE_SIZE),
      RETRY_BASE_DELAY_MS: String(RETRY_BASE_DELAY_MS),
    },
  });
  const client = new BackfillClient(worker.url, BACKFILL_KEY);
  // The first request compiles the Worker.
  await client.status();
  return {
    async measure(days) {
      for (const fault of of.faults) simulator.faults.add(fault);
      const [from, to] = [0, days - 1].map((day) => dayAt(day));
      await client.start(from ?? "", to ?? "");
      let status = await client.status();
      while (status.status === "in_progress") {
        await sleep(POLL_MS);
        status = await client.status();
      }
      await worker.stop();
      return { ...resultOf(simulator, latencyMs), isSuccess: status.outcome === "success" };
    },
  };
}

const dayAt = (day: number) => new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10);

function resultOf(simulator: Simulator, latencyMs: number): Omit<PacingResult, "isSuccess"> {
  const { concurrentMax, maxArrivalsInAnyMinute } = simulator.stats();
  const arrivals = simulator.arrivals().filter(({ kind }) => kind === "samples");
  const [first, last] = [arrivals.at(0)?.atMs ?? 0, arrivals.at(-1)?.atMs ?? 0];
  const throttled = arrivals.filter(({ outcome }) => outcome === 429);
  return {
    requests: arrivals.length,
    wallMs: last - first + INTERVAL_MS,
    pausedMs: unionMs(throttled.map(({ atMs }) => [atMs + latencyMs, atMs + latencyMs + RETRY_AFTER_MS])),
    failed: arrivals.filter(({ outcome }) => outcome === 503).length,
    throttled: throttled.length,
    arrivalsInAnyMinute: maxArrivalsInAnyMinute,
    concurrentMax,
  };
}

/** The pause of each 429. */
export const RETRY_AFTER_MS = 1_000;

/** The length of the union of intervals, which begin in ascending order. */
function unionMs(intervals: readonly (readonly [number, number])[]): number {
  let [sum, covered] = [0, Number.NEGATIVE_INFINITY];
  for (const [from, to] of intervals) {
    sum += Math.max(0, to - Math.max(from, covered));
    covered = Math.max(covered, to);
  }
  return sum;
}
