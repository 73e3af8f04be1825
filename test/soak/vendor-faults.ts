import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import type { Chance } from "../world/harness/chance.ts";

/** Rare enough that a request succeeds within a few tries, frequent enough that a day has several. */
const KINDS: readonly FaultInput[] = [
  { probability: 0.06, effect: { do: "status", status: 503 } },
  { probability: 0.03, effect: { do: "status", status: 500, body: "empty" } },
  { probability: 0.05, effect: { do: "reset", share: 0.6 } },
  { probability: 0.05, effect: { do: "truncate", share: 0.4 } },
  { probability: 0.03, effect: { do: "malform" } },
  { probability: 0.05, effect: { do: "delay", ms: 1_200 } },
  { probability: 0.03, effect: { do: "empty-page" } },
  { probability: 0.02, times: 3, effect: { do: "throttle", retryAfter: { form: "seconds", seconds: 1 } } },
  { probability: 0.02, times: 4, effect: { do: "hang" } },
  { probability: 0.02, times: 4, effect: { do: "hang", share: 0.5 } },
  // Fails its day at once, so that the operator has a day to retry.
  { probability: 0.01, times: 1, effect: { do: "repeat" } },
  { effect: { do: "shuffle" } },
];

/**
 * Draws three kinds of faults, each with its own seed. The points list has no faults: its failure counts as an outage,
 * which the Worker waits out a minute at a time.
 */
export function drawVendorFaults(chance: Chance): FaultInput[] {
  const kinds = [...KINDS];
  return Array.from({ length: 3 }, () => {
    const [kind] = kinds.splice(chance.below(kinds.length), 1);
    if (!kind) throw new Error("fewer kinds of faults than are drawn");
    return { on: "samples", seed: chance.below(1e6), ...kind };
  });
}
