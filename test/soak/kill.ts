import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../system/fixture.ts";
import type { Call, Operator } from "./operator.ts";

/** When the Worker is killed: `afterMs` after the event of `at`, about as long as the commits around it take. */
export type Kill =
  | { readonly at: "any time"; readonly afterMs: number }
  /** After so many more requests at the API. Without them no day would get past its first run. */
  | { readonly at: "fetch"; readonly requests: number; readonly afterMs: number }
  /** After the first site that reaches this phase. */
  | { readonly at: keyof typeof LINE_BEFORE; readonly afterMs: number }
  /** At once, and again so long after the next start has begun. */
  | { readonly at: "start-up"; readonly afterMs: number }
  /** After the response, or after the request: then the client does not know whether it was processed. */
  | { readonly at: "call"; readonly call: Call; readonly answered: boolean; readonly afterMs: number };

/** The Worker's log line just before each phase. */
const LINE_BEFORE = {
  merge: "[BACKFILL] Fetched",
  put: "[BACKFILL] Parquet created",
  ledger: "[BACKFILL] Uploaded to R2",
} as const;

/** The kind of a kill in words, for the summary. */
export function kindOf(kill: Kill): string {
  if (kill.at !== "call") return kill.at;
  return kill.answered ? `after ${kill.call}` : `during ${kill.call}`;
}

/** Kills the Worker when `kill` says, or when the backfill has ended, and starts it again. */
export async function killWorkerAt(world: World, operator: Operator, kill: Kill): Promise<void> {
  switch (kill.at) {
    case "any time":
      await sleep(kill.afterMs);
      break;
    case "fetch": {
      const before = world.sim.arrivals().length;
      await untilSoOrDone(operator, () => world.sim.arrivals().length >= before + kill.requests);
      await sleep(kill.afterMs);
      break;
    }
    case "merge":
    case "put":
    case "ledger":
      await untilSoOrDone(operator, hasPrinted(world, LINE_BEFORE[kill.at]));
      await sleep(kill.afterMs);
      break;
    case "start-up":
      await world.killWorker();
      await killAtStartUp(world, kill.afterMs);
      break;
    case "call": {
      const answer = (await operator.prepare(kill.call))();
      // Without a response to wait for, the call may fail by the kill.
      if (kill.answered) await answer;
      else answer.catch(() => undefined);
      await sleep(kill.afterMs);
      break;
    }
    default:
      kill satisfies never;
  }
  await world.killWorker();
  await world.startWorker();
}

async function killAtStartUp(world: World, afterMs: number): Promise<void> {
  const kill = new AbortController();
  const timer = setTimeout(() => kill.abort(), afterMs);
  // The caller kills a Worker that is ready before the kill.
  await world.startWorker({}, kill.signal).catch((error: unknown) => {
    if (!kill.signal.aborted) throw error;
  });
  clearTimeout(timer);
}

const POLL_MS = 2;
/** How often the operator checks the status, which also shows when nothing is left to wait for. */
const STATUS_POLL_MS = 500;

async function untilSoOrDone(operator: Operator, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += POLL_MS) {
    if (waitedMs % STATUS_POLL_MS === 0 && (await operator.advance()) === "done") return;
    await sleep(POLL_MS);
  }
}

/** Whether the Worker has printed `text` since now. */
function hasPrinted(world: World, text: string): () => boolean {
  const from = world.lines.length;
  return () => world.lines.slice(from).some((line) => line.includes(text));
}
