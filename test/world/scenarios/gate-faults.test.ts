import fc from "fast-check";
import { expect, test } from "vitest";
import { busiestMinute } from "../../../simulator/server/rate-limit.ts";
import { JITTER_MS, SLOT_AHEAD_MS_MAX, WAIT_MS_MAX } from "../../../src/backfill/rate-gate/rate-gate.ts";
import { PERMIT_LATE_MS_MAX } from "../../../src/domain/limits.ts";
import { type GateFault, type GateScenario, runGate } from "../harness/gate-faults.ts";

const HOUR = 3_600_000;

const fault = fc.oneof(
  fc.record({ kind: fc.constant("restart" as const), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant("pause" as const), ms: fc.integer({ min: 0, max: 50_000 }) }),
  fc.record({
    kind: fc.constant("clock steps" as const),
    ms: fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -2 * HOUR, max: 2 * HOUR })),
  }),
);

const scenarios = (what: fc.Arbitrary<Omit<GateFault, "afterMs">>): fc.Arbitrary<GateScenario> =>
  fc.record({
    seed: fc.nat(),
    // Below 4 a minute, slots are rarer than the longest wait of a call, and their order is random.
    perMinute: fc.integer({ min: 4, max: 90 }),
    callers: fc.array(
      fc.record({
        name: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
        lane: fc.constantFrom(undefined, undefined, "live" as const),
        thinkMs: fc.constantFrom(0, 0, 0, 700, 25_000),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    lateMs: fc.constantFrom(0, 0, 300, 3_000),
    faults: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 30_000 }), what).map(([afterMs, fault]) => ({ afterMs, ...fault })),
      { maxLength: 6 },
    ),
  });

const steps = fault.filter(({ kind }) => kind === "clock steps");
const noSteps = fault.filter(({ kind }) => kind !== "clock steps");
const noForwardSteps = fault.filter(({ kind, ms }) => kind !== "clock steps" || ms < 0);

test("no minute has more arrivals than allowed, through restarts, pauses, late timers and clocks that step back", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(noForwardSteps), async (given) => {
      const { arrivals } = await runGate(given);
      expect(busiestMinute(arrivals)).toBeLessThanOrEqual(given.perMinute);
    }),
    { numRuns: 60 },
  );
});

test("a step forward of the clock permits at most one slot and the slots of a jitter early", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(steps), async (given) => {
      const { arrivals } = await runGate(given);
      const early = 1 + Math.ceil((JITTER_MS * given.perMinute) / (60_000 + JITTER_MS));
      const forward = given.faults.filter(({ ms }) => ms > 0).length;
      expect(busiestMinute(arrivals)).toBeLessThanOrEqual(given.perMinute + forward * early);
    }),
    { numRuns: 40 },
  );
});

test("no permit is granted during a pause", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(noSteps), async (given) => {
      const { grants, pauses } = await runGate(given);
      for (const { from, to } of pauses) {
        expect(grants.filter(({ at }) => at > from && at < to)).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});

test("no caller starves: while it waits, no other caller of its lane gets two permits", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(noForwardSteps), async (given) => {
      const { grants } = await runGate(given);
      for (const { overtakenBy } of grants) expect(new Set(overtakenBy).size).toBe(overtakenBy.length);
    }),
    { numRuns: 60 },
  );
});

test("no lane starves: while a call waits, the other lane gets no two permits in a row", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(fault), async (given) => {
      const { grants } = await runGate(given);
      // A call may arrive right after the gate has granted a permit, and then sees that one go, too.
      for (const { inARow } of grants) expect(inARow).toBeLessThanOrEqual(2);
    }),
    { numRuns: 60 },
  );
});

test("while callers wait, only faults of the gate lose slots", async () => {
  await fc.assert(
    // Not both at once: a clock that steps back lengthens a pause, by up to an hour.
    fc.asyncProperty(fc.oneof(scenarios(noSteps), scenarios(steps)), async (given) => {
      const { grants, trueMs } = await runGate({
        ...given,
        callers: [...given.callers, { name: "z", thinkMs: 0 }],
      });
      const lost = given.faults.reduce((sum, { kind, ms }) => {
        if (kind === "pause") return sum + ms + WAIT_MS_MAX;
        return sum + (kind === "restart" ? PERMIT_LATE_MS_MAX : SLOT_AHEAD_MS_MAX + WAIT_MS_MAX);
      }, WAIT_MS_MAX);
      // A timer later than the jitter may be due to a step of the clock, so that its slot is waited for again.
      const slots = given.lateMs > JITTER_MS ? 2 : 1;
      const slotMs = (slots * (60_000 + JITTER_MS)) / given.perMinute + given.lateMs;
      expect(grants.length).toBeGreaterThanOrEqual(Math.floor((trueMs - lost) / slotMs));
    }),
    { numRuns: 40 },
  );
});
