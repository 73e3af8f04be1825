import fc from "fast-check";
import { expect, test } from "vitest";
import type { GateLane } from "../../ports/ports.ts";
import { type LaneCall, NO_TURNS, type Turns, takeTurn } from "./turns.ts";

const live = (caller: string): LaneCall => ({ caller, lane: "live" });
const backfill = (caller: string): LaneCall => ({ caller, lane: undefined });
const text = ({ caller, lane }: LaneCall) => `${lane ?? "backfill"} ${caller}`;

/** The order in which waiting calls get their turns. */
function order(waiting: readonly LaneCall[], turns: Turns = NO_TURNS): string[] {
  const next = takeTurn(waiting, turns);
  if (!next) return [];
  return [
    text(next.call),
    ...order(
      waiting.filter((call) => call !== next.call),
      next.turns,
    ),
  ];
}

test("live calls go before the backfill's, which take every second turn while they wait", () => {
  expect(order([backfill("a"), backfill("b"), live("a"), live("b"), live("c"), live("d")])).toEqual([
    "live a",
    "backfill a",
    "live b",
    "backfill b",
    "live c",
    "live d",
  ]);
});

test("callers of a lane take turns, and a site that calls in both lanes takes its turns in each", () => {
  const calls = [live("a"), live("a"), live("b"), backfill("a"), backfill("a"), backfill("b")];
  expect(order(calls)).toEqual(["live a", "backfill a", "live b", "backfill b", "live a", "backfill a"]);
});

test("a call of the backfill that was overtaken and gave up goes before live calls when it returns", () => {
  const overtaken = takeTurn([backfill("a"), live("b")], NO_TURNS);
  expect(overtaken?.call).toEqual(live("b"));
  const alone = takeTurn([live("b")], overtaken?.turns ?? NO_TURNS);
  const returned = takeTurn([live("b"), backfill("a")], alone?.turns ?? NO_TURNS);
  expect(returned?.call).toEqual(backfill("a"));
  expect(takeTurn([live("b"), backfill("a")], returned?.turns ?? NO_TURNS)?.call).toEqual(live("b"));
});

test("a live call goes first, too, where the turn before was a live one that overtook nobody", () => {
  const alone = takeTurn([live("a")], NO_TURNS);
  expect(takeTurn([backfill("a"), live("a")], alone?.turns ?? NO_TURNS)?.call).toEqual(live("a"));
});

test("without a waiting call nobody takes a turn", () => {
  expect(takeTurn([], NO_TURNS)).toBeUndefined();
});

const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ caller: fc.constantFrom("a", "b", "c", "d"), lane: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constant("permit" as const) },
  { weight: 1, arbitrary: fc.record({ leaves: fc.nat(20) }) },
);

interface Turn {
  readonly call: LaneCall;
  readonly waiting: readonly LaneCall[];
}

/** What is granted in a sequence of calls that arrive, permits, and calls that give up. */
function turnsOf(events: readonly (typeof event extends fc.Arbitrary<infer E> ? E : never)[]): Turn[] {
  let waiting: LaneCall[] = [];
  let turns = NO_TURNS;
  const granted: Turn[] = [];
  for (const each of events) {
    if (each === "permit") {
      const next = takeTurn(waiting, turns);
      if (!next) continue;
      granted.push({ call: next.call, waiting });
      waiting = waiting.filter((call) => call !== next.call);
      turns = next.turns;
    } else if ("leaves" in each) waiting = waiting.filter((_, index) => index !== each.leaves);
    else waiting.push({ caller: each.caller, lane: each.lane ? "live" : undefined });
  }
  return granted;
}

const waits = (lane: GateLane | undefined) => (turn: Turn) => turn.waiting.some((call) => call.lane === lane);

/** The runs of neighbouring turns for which `holds`, as the lanes that took them. */
function lanesWhile(turns: readonly Turn[], holds: (turn: Turn) => boolean): (GateLane | undefined)[][] {
  const runs: (GateLane | undefined)[][] = [[]];
  for (const turn of turns) {
    if (holds(turn)) runs.at(-1)?.push(turn.call.lane);
    else runs.push([]);
  }
  return runs;
}

const events = fc.array(event, { maxLength: 300, size: "max" });

test("while calls of the backfill wait, they get at least every second permit, in any sequence", () => {
  fc.assert(
    fc.property(events, (given) => {
      for (const lanes of lanesWhile(turnsOf(given), waits(undefined))) {
        for (let count = 1; count <= lanes.length; count++) {
          const ofBackfill = lanes.slice(0, count).filter((lane) => lane === undefined).length;
          expect(ofBackfill).toBeGreaterThanOrEqual(Math.floor(count / 2));
        }
        expect(lanes.some((lane, at) => at > 0 && lane === "live" && lanes[at - 1] === "live")).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

test("while live calls wait, at most one permit of the backfill comes before each of theirs, in any sequence", () => {
  fc.assert(
    fc.property(events, (given) => {
      for (const lanes of lanesWhile(turnsOf(given), waits("live"))) {
        expect(lanes.some((lane, at) => at > 0 && lane === undefined && lanes[at - 1] === undefined)).toBe(
          false,
        );
      }
    }),
    { numRuns: 500 },
  );
});

test("no caller starves in its lane: while it waits, no other caller of the lane gets two permits", () => {
  fc.assert(
    fc.property(events, (given) => {
      /** By caller that waits: who of its lane got a permit meanwhile. */
      const overtakers = new Map<string, Set<string>>();
      for (const { call, waiting } of turnsOf(given)) {
        const names = new Set(waiting.map(text));
        for (const name of overtakers.keys()) if (!names.has(name)) overtakers.delete(name);
        overtakers.delete(text(call));
        for (const other of new Set(waiting.filter(({ lane }) => lane === call.lane).map(text))) {
          if (other === text(call)) continue;
          const seen = overtakers.get(other) ?? new Set();
          expect(seen.has(text(call))).toBe(false);
          overtakers.set(other, seen.add(text(call)));
        }
      }
    }),
    { numRuns: 500 },
  );
});
