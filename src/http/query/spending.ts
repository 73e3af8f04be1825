import type { EpochMs } from "../../domain/day.ts";
import { costOf, newMeter } from "../../query/cost.ts";
import type { Tier } from "../../query/source.ts";
import type { QueryContext } from "./query-route.ts";

/** The meter of a request, and the cost to report once the response is ready. */
export function newSpending(clock: QueryContext["clock"]) {
  const [meter, startedMs] = [newMeter(), clock.now()];
  return { meter, cost: (tiers: Iterable<Tier>) => costOf(tiers, meter, clock.now() - startedMs) };
}

export const iso = (ms: EpochMs) => new Date(ms).toISOString();
