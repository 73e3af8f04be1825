import fc from "fast-check";
import { expect, test } from "vitest";
import { PERMIT_LATE_MS_MAX } from "../../domain/limits.ts";
import { isFresh } from "./permits.ts";

const HOUR = 3_600_000;
const skew = fc.oneof(fc.integer({ min: -10_000, max: 10_000 }), fc.integer({ min: -HOUR, max: HOUR }));

interface Call {
  readonly wayMs: number;
  readonly heldMs: number;
  readonly backMs: number;
  /** How far the clocks are ahead of true time. */
  readonly callerAhead: number;
  readonly gateAhead: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  wayMs: fc.nat(3_000),
  heldMs: fc.nat(20_000),
  backMs: fc.nat(3_000),
  callerAhead: skew,
  gateAhead: skew,
});

/** A call that is made at zero, as its caller and the gate read it off their clocks. */
function judged({ wayMs, heldMs, backMs, callerAhead, gateAhead }: Call) {
  const gateReads = (trueMs: number) => trueMs + gateAhead;
  const callerReads = (trueMs: number) => trueMs + callerAhead;
  const permit = {
    kind: "permit",
    askedAt: gateReads(wayMs),
    dueAt: gateReads(wayMs + heldMs),
  } as const;
  const waitedMs = callerReads(wayMs + heldMs + backMs) - callerReads(0);
  return { fresh: isFresh(waitedMs, permit), lateMs: backMs };
}

test("a permit that is used is not late in true time, whatever the two clocks say", () => {
  fc.assert(
    fc.property(call, (one) => {
      const { fresh, lateMs } = judged(one);
      if (fresh) expect(lateMs).toBeLessThanOrEqual(PERMIT_LATE_MS_MAX);
    }),
  );
});

test("a permit whose ways were short is used, whatever the two clocks say", () => {
  fc.assert(
    fc.property(call, (one) => {
      const quick = { ...one, wayMs: one.wayMs % 400, backMs: one.backMs % 400 };
      expect(judged(quick).fresh).toBe(true);
    }),
  );
});

test("a permit is let go where either clock stepped by more than the jitter while it was held", () => {
  const fair = { kind: "permit", askedAt: 1_000, dueAt: 6_000 } as const;
  expect(isFresh(5_020, fair)).toBe(true);
  for (const step of [-HOUR, -900, 900, HOUR]) {
    expect(isFresh(5_020 + step, fair)).toBe(false);
    expect(isFresh(5_020, { ...fair, dueAt: fair.dueAt + step })).toBe(false);
  }
});
