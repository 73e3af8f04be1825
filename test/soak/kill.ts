import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../system/fixture.ts";
import type { Call, Operator } from "./operator.ts";

/** Where a kill falls. Whatever it waits for, it comes `afterMs` later: the commits around it take as long. */
export type Kill =
  | { readonly at: "any time"; readonly afterMs: number }
  /** After so many more requests at the API: quicker kills alone would never let a day get behind its first run. */
  | { readonly at: "fetch"; readonly requests: number; readonly afterMs: number }
  /** Of whichever site comes to it first. */
  | { readonly at: keyof typeof LINE_BEFORE; readonly afterMs: number }
  /** At once, and again so long after the next start has begun. */
  | { readonly at: "start-up"; readonly afterMs: number }
  /** From the answer on, or else from the request: then nobody knows whether it was taken. */
  | { readonly at: "call"; readonly call: Call; readonly answered: boolean; readonly afterMs: number };

/** The Worker's log line that comes right before. */
const LINE_BEFORE = {
  merge: "[BACKFILL] Fetched",
  put: "[BACKFILL] Parquet created",
  ledger: "[BACKFILL] Uploaded to R2",
} as const;

/** As a person reads it. */
export function kindOf(kill: Kill): string {
  if (kill.at !== "call") return kill.at;
  return kill.answered ? `after ${kill.call}` : `during ${kill.call}`;
}

/** Kills the Worker where `kill` says, or at rest where the backfill ends before. Starts it again. */
export async function strike(world: World, operator: Operator, kill: Kill): Promise<void> {
  switch (kill.at) {
    case "any time":
      await sleep(kill.afterMs);
      break;
    case "fetch": {
      const before = world.sim.arrivals().length;
      await soOrRest(operator, () => world.sim.arrivals().length >= before + kill.requests);
      await sleep(kill.afterMs);
      break;
    }
    case "merge":
    case "put":
    case "ledger":
      await soOrRest(operator, sees(world, LINE_BEFORE[kill.at]));
      await sleep(kill.afterMs);
      break;
    case "start-up":
      await world.killWorker();
      await killAtStartUp(world, kill.afterMs);
      break;
    case "call": {
      const answer = (await operator.prepare(kill.call))();
      // Unless it is waited for, its failure is the kill's doing.
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
  const death = new AbortController();
  const timer = setTimeout(() => death.abort(), afterMs);
  // A start that was quicker than the kill is killed by the caller.
  await world.startWorker({}, death.signal).catch((error: unknown) => {
    if (!death.signal.aborted) throw error;
  });
  clearTimeout(timer);
}

const POLL_MS = 2;
/** An operator's look at the status; it also tells when nothing is left to wait for. */
const STATUS_POLL_MS = 500;

async function soOrRest(operator: Operator, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += POLL_MS) {
    if (waitedMs % STATUS_POLL_MS === 0 && (await operator.goOn()) === "done") return;
    await sleep(POLL_MS);
  }
}

/** Whether the Worker has printed `text` since now. */
function sees(world: World, text: string): () => boolean {
  const from = world.lines.length;
  return () => world.lines.slice(from).some((line) => line.includes(text));
}
