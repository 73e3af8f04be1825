import type { GateLane } from "../../ports/ports.ts";

/** A call that waits for its turn. */
export interface LaneCall {
  readonly caller: string;
  /** undefined is the backfill's lane. */
  readonly lane: GateLane | undefined;
}

/** What the gate remembers of earlier turns. Not stored: after a restart the order begins anew. */
export interface Turns {
  readonly count: number;
  /** By lane and caller: the number of its last turn. */
  readonly last: ReadonlyMap<string, number>;
  /** Whether a live call went before a backfill's call that waited, so that the next turn is the backfill's. */
  readonly isBackfillNext: boolean;
}

export const NO_TURNS: Turns = { count: 0, last: new Map(), isBackfillNext: false };

/**
 * Takes the next turn; undefined where no call waits. Pure. The live lane goes first, and while calls of both lanes
 * wait, the lanes alternate. In a lane it is the oldest call of the caller whose last turn is the longest ago. A call that
 * leaves without a permit takes no turn: where permits are scarce, its caller would otherwise queue at the end again
 * and again.
 * @param waiting in the order of their arrival
 */
export function takeTurn<Call extends LaneCall>(
  waiting: readonly Call[],
  turns: Turns,
): { readonly call: Call; readonly turns: Turns } | undefined {
  const live = waiting.filter(({ lane }) => lane === "live");
  const backfill = waiting.filter(({ lane }) => lane !== "live");
  const isLive = live.length > 0 && !(turns.isBackfillNext && backfill.length > 0);
  const lastTurn = (call: Call) => turns.last.get(keyOf(call)) ?? 0;
  const [call] = (isLive ? live : backfill).toSorted((a, b) => lastTurn(a) - lastTurn(b));
  if (!call) return undefined;
  const count = turns.count + 1;
  const last = new Map(turns.last).set(keyOf(call), count);
  // Kept when the overtaken call gives up, because its caller asks again.
  const isBackfillNext = isLive && (turns.isBackfillNext || backfill.length > 0);
  return { call, turns: { count, last, isBackfillNext } };
}

/** A site calls by its name in both lanes. */
const keyOf = ({ lane, caller }: LaneCall) => `${lane ?? "backfill"} ${caller}`;
