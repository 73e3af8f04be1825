import type { FaultInput } from "../../simulator/fault-injection/fault-injection.ts";
import { addDays, type UtcDay } from "../../src/domain/day.ts";
import { Chance } from "../world/harness/chance.ts";
import type { Kill } from "./kill.ts";
import { drawVendorFaults } from "./vendor-faults.ts";

/** All random choices of a cycle, drawn before it begins: the same seed gives the same cycles. */
export interface CyclePlan {
  readonly from: UtcDay;
  readonly to: UtcDay;
  /** Whether every day is fetched again, from changed data. */
  readonly force: boolean;
  readonly pageSize: number;
  readonly latency: { readonly ms: number; readonly jitterMs: number; readonly seed: number };
  readonly vendorFaults: readonly FaultInput[];
  readonly kills: readonly Kill[];
}

/** Ranges of different cycles overlap, so that some days are archived already and some are not. */
const FIRST_DAY = "2024-01-01" as UtcDay;
const DAYS_APART_MAX = 12;
/** With the smallest size a window has several runs, so that kills happen between its commits. */
const PAGE_SIZES = [50, 100, 500];

export function planCycle(seed: number, cycle: number, kills: number): CyclePlan {
  const chance = new Chance(seed * 1_000 + cycle);
  const from = addDays(FIRST_DAY, chance.below(DAYS_APART_MAX));
  const pageSize = PAGE_SIZES[chance.below(PAGE_SIZES.length)] ?? 100;
  return {
    from,
    // Small pages take longer.
    to: addDays(from, pageSize < 500 ? chance.below(2) : 1 + chance.below(3)),
    force: cycle > 1 && chance.below(2) === 0,
    pageSize,
    latency: { ms: chance.below(40), jitterMs: chance.below(120), seed: chance.below(1e6) },
    vendorFaults: drawVendorFaults(chance),
    kills: [drawStartKill(chance), ...Array.from({ length: kills - 1 }, () => drawKill(chance))],
  };
}

/** The first kill of a cycle is near its start: before the call is processed, after it, or after the response. */
function drawStartKill(chance: Chance): Kill {
  return { at: "call", call: "start", answered: chance.below(2) === 0, afterMs: chance.below(200) };
}

function drawKill(chance: Chance): Kill {
  const afterMs = chance.below(30);
  switch (chance.below(11)) {
    case 0:
      return { at: "merge", afterMs };
    case 1:
      return { at: "put", afterMs };
    case 2:
      return { at: "ledger", afterMs };
    case 3:
      return { at: "start-up", afterMs: chance.below(5_000) };
    case 4:
      return { at: "call", call: "cancel", answered: chance.below(2) === 0, afterMs: chance.below(150) };
    case 5:
      return { at: "call", call: "renew", answered: chance.below(2) === 0, afterMs: chance.below(150) };
    case 6:
      return { at: "call", call: "widen", answered: chance.below(2) === 0, afterMs: chance.below(150) };
    case 7:
    case 8:
      return { at: "any time", afterMs: 200 + chance.below(4_000) };
    default:
      return { at: "fetch", requests: 20 + chance.below(150), afterMs };
  }
}
