import fc from "fast-check";
import { expect, test } from "vitest";
import { busiestMinute } from "../../../simulator/server/rate-limit.ts";
import { JITTER_MS, SLOT_AHEAD_MS_MAX, WAIT_MS_MAX } from "../../../src/backfill/rate-gate/rate-gate.ts";
import { type Blow, LATE_MS_MAX, live, type Weather } from "../harness/gate-faults.ts";

const HOUR = 3_600_000;

const blow = fc.oneof(
  fc.record({ kind: fc.constant("restart" as const), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant("pause" as const), ms: fc.integer({ min: 0, max: 50_000 }) }),
  fc.record({
    kind: fc.constant("clock steps" as const),
    ms: fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -2 * HOUR, max: 2 * HOUR })),
  }),
);

const weather = (what: fc.Arbitrary<Omit<Blow, "afterMs">>): fc.Arbitrary<Weather> =>
  fc.record({
    seed: fc.nat(),
    // Below, a slot comes less often than a call may wait for it, and who comes first is luck.
    perMinute: fc.integer({ min: 4, max: 90 }),
    callers: fc.array(
      fc.record({
        name: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
        thinkMs: fc.constantFrom(0, 0, 0, 700, 25_000),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    lateMs: fc.constantFrom(0, 0, 300, 3_000),
    blows: fc.array(
      fc.tuple(fc.integer({ min: 0, max: 30_000 }), what).map(([afterMs, blow]) => ({ afterMs, ...blow })),
      { maxLength: 6 },
    ),
  });

const steps = blow.filter(({ kind }) => kind === "clock steps");
const noSteps = blow.filter(({ kind }) => kind !== "clock steps");
const noLeaps = blow.filter(({ kind, ms }) => kind !== "clock steps" || ms < 0);

test("no minute has more arrivals than allowed, through restarts, pauses, late timers and clocks that step back", async () => {
  await fc.assert(
    fc.asyncProperty(weather(noLeaps), async (given) => {
      const { arrivals } = await live(given);
      expect(busiestMinute(arrivals)).toBeLessThanOrEqual(given.perMinute);
    }),
    { numRuns: 60 },
  );
});

test("a clock that steps forward lets at most one slot and a jitter's worth through early, each time", async () => {
  await fc.assert(
    fc.asyncProperty(weather(steps), async (given) => {
      const { arrivals } = await live(given);
      const early = 1 + Math.ceil((JITTER_MS * given.perMinute) / (60_000 + JITTER_MS));
      const forward = given.blows.filter(({ ms }) => ms > 0).length;
      expect(busiestMinute(arrivals)).toBeLessThanOrEqual(given.perMinute + forward * early);
    }),
    { numRuns: 40 },
  );
});

test("nothing is let through during a pause", async () => {
  await fc.assert(
    fc.asyncProperty(weather(noSteps), async (given) => {
      const { grants, pauses } = await live(given);
      for (const { from, to } of pauses) {
        expect(grants.filter(({ at }) => at > from && at < to)).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});

test("nobody is starved: while a caller waits, no other has two turns", async () => {
  await fc.assert(
    fc.asyncProperty(weather(noLeaps), async (given) => {
      const { grants } = await live(given);
      for (const { overtakenBy } of grants) expect(new Set(overtakenBy).size).toBe(overtakenBy.length);
    }),
    { numRuns: 60 },
  );
});

test("no slot is wasted while somebody waits, but for what befell the gate", async () => {
  await fc.assert(
    // Not both at once: a clock that steps back brings a pause back with it, up to an hour.
    fc.asyncProperty(fc.oneof(weather(noSteps), weather(steps)), async (given) => {
      const { grants, trueMs } = await live({
        ...given,
        callers: [...given.callers, { name: "z", thinkMs: 0 }],
      });
      const lost = given.blows.reduce((sum, { kind, ms }) => {
        if (kind === "pause") return sum + ms + WAIT_MS_MAX;
        return sum + (kind === "restart" ? LATE_MS_MAX : SLOT_AHEAD_MS_MAX + WAIT_MS_MAX);
      }, WAIT_MS_MAX);
      // A timer later than the jitter could be a clock that stepped, and its slot is waited for once more.
      const slots = given.lateMs > JITTER_MS ? 2 : 1;
      const slotMs = (slots * (60_000 + JITTER_MS)) / given.perMinute + given.lateMs;
      expect(grants.length).toBeGreaterThanOrEqual(Math.floor((trueMs - lost) / slotMs));
    }),
    { numRuns: 40 },
  );
});
