import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import type { Chance } from "../world/harness/chance.ts";

/** Seldom enough that a request succeeds in a few tries, and often enough that several meet in a day. */
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
  // Fails its day at once: the operator's retry gets something to do.
  { probability: 0.01, times: 1, effect: { do: "repeat" } },
  { effect: { do: "shuffle" } },
];

/**
 * Three kinds of faults, each on its own days of luck. The points list is spared: its failures are an outage, which
 * the Worker waits out a minute at a time.
 */
export function drawWeather(chance: Chance): FaultInput[] {
  const kinds = [...KINDS];
  return Array.from({ length: 3 }, () => {
    const [kind] = kinds.splice(chance.below(kinds.length), 1);
    if (!kind) throw new Error("fewer kinds of weather than are drawn");
    return { on: "samples", seed: chance.below(1e6), ...kind };
  });
}
