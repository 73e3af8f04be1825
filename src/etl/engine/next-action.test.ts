import fc from "fast-check";
import { expect, test } from "vitest";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import { SYNC_MS } from "../limits.ts";
import type { DueUnit } from "../schedule.ts";
import { type Action, nextAction, type Situation } from "./next-action.ts";

const NOW = Date.parse("2025-06-02T10:02:00Z");
const HOUR = 3_600_000;

/** Times around now, also those that a clock has written before it stepped back. */
const around = fc.integer({ min: -3, max: 3 }).map((quarters) => NOW + (quarters * HOUR) / 4);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const later = maybe(fc.integer({ min: 1, max: HOUR }).map((ms) => NOW + ms));
const days = fc.uniqueArray(fc.constantFrom("2025-05-10", "2025-05-11", "2025-05-12"));

const unit: fc.Arbitrary<DueUnit> = fc
  .record({
    fromMs: fc.nat(200).map((nth) => NOW - nth * HOUR),
    why: fc.constantFrom("newest", "again", "missing" as const),
    dueAt: around,
  })
  .map(({ fromMs, why, dueAt }) => {
    const level = why === "newest" ? "window" : "hour";
    return { unit: { fromMs, toMs: fromMs + HOUR, level, windows: [], why }, dueAt } as DueUnit;
  });

interface Drawn extends Omit<Situation, "now" | "unitPausedUntil" | "daysReleased" | "daysToRollOver"> {
  readonly released: readonly string[];
  readonly rollOvers: readonly string[];
  readonly pausedUnits: ReadonlyMap<EpochMs, EpochMs>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  units: maybe(fc.uniqueArray(unit, { selector: (each) => each.unit.fromMs, maxLength: 12 })),
  pointsLoadedAt: maybe(around),
  apiPausedUntil: later,
  hotPausedUntil: later,
  exchangedAt: maybe(around),
  isDayDue: fc.boolean(),
  isAnnounced: fc.boolean(),
  weatherAt: fc.oneof(maybe(around), fc.constant("never" as const)),
  dueReportAt: maybe(around),
  released: days,
  rollOvers: days,
  pausedUnits: fc
    .array(fc.tuple(fc.nat(200), fc.nat(HOUR)), { maxLength: 4 })
    .map((pauses) => new Map(pauses.map(([nth, ms]) => [NOW - nth * HOUR, NOW + 1 + ms]))),
});

const situationOf = ({ released, rollOvers, pausedUnits, ...rest }: Drawn): Situation => ({
  ...rest,
  now: NOW,
  unitPausedUntil: (fromMs) => pausedUnits.get(fromMs),
  daysReleased: released as readonly UtcDay[],
  daysToRollOver: rollOvers as readonly UtcDay[],
});

/** What a situation is after an action that has succeeded, in no time. */
function after(s: Situation, action: Action): Situation {
  switch (action.do) {
    case "load-points":
      return { ...s, pointsLoadedAt: NOW };
    case "read":
      return { ...s, units: s.units?.filter((each) => each.unit.fromMs !== action.unit.fromMs) };
    case "read-weather":
      return { ...s, weatherAt: NOW };
    case "exchange":
      return { ...s, exchangedAt: NOW, dueReportAt: NOW, isAnnounced: true };
    case "roll-over":
      return { ...s, daysToRollOver: s.daysToRollOver.filter((day) => day !== action.day) };
    case "delete":
      return { ...s, daysReleased: s.daysReleased.filter((day) => day !== action.day) };
    default:
      return action satisfies never;
  }
}

/** All actions until the rest, and its end. */
function run(first: Situation): { readonly actions: Action[]; readonly restUntil: EpochMs } {
  const actions: Action[] = [];
  for (let s = first; ; ) {
    const decision = nextAction(s);
    if ("restUntil" in decision) return { actions, restUntil: decision.restUntil };
    actions.push(decision.action);
    if (actions.length > 40) throw new Error(`no rest: ${JSON.stringify(actions.slice(-6))}`);
    s = after(s, decision.action);
  }
}

test("from any situation the sync comes to rest, until some time after now and the next sync at the latest", () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { restUntil } = run(situationOf(given));
      expect(restUntil).toBeGreaterThan(NOW);
      expect(restUntil - NOW).toBeLessThanOrEqual(SYNC_MS);
    }),
  );
});

test("nothing that is due and can be done is left when the sync rests", () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const s = situationOf(given);
      const { actions } = run(s);
      const did = (what: Action["do"]) => actions.filter((action) => action.do === what);
      const isDue = ({ unit, dueAt }: DueUnit) =>
        Math.max(dueAt, s.unitPausedUntil(unit.fromMs) ?? dueAt) <= NOW;
      const canRead = !s.apiPausedUntil && !s.hotPausedUntil && s.units !== undefined;
      // Older hours wait until the site's backfill knows of hot's days.
      const isAnnounced = s.isAnnounced || did("exchange").length > 0;
      const isWanted = ({ unit }: DueUnit) => unit.why === "newest" || isAnnounced;
      const due = canRead ? s.units.filter((each) => isDue(each) && isWanted(each)) : [];
      expect(did("read")).toHaveLength(due.length);
      expect(did("delete")).toHaveLength(s.units ? s.daysReleased.length : 0);
      // By an old list of points no day is compared; while the API is away there is no new one.
      if (s.units && !s.apiPausedUntil) expect(did("roll-over")).toHaveLength(s.daysToRollOver.length);
    }),
  );
});

test("no request is sent while the API is away, and nothing is read while hot storage is", () => {
  const requests = new Set<Action["do"]>(["load-points", "read", "read-weather"]);
  fc.assert(
    fc.property(drawn, (given) => {
      const { actions } = run(situationOf(given));
      const sent = actions.filter((action) => requests.has(action.do));
      if (given.apiPausedUntil) expect(sent).toEqual([]);
      if (given.hotPausedUntil || !given.units)
        expect(sent.filter(({ do: what }) => what === "read")).toEqual([]);
    }),
  );
});

test("newest windows are read before anything that takes longer", () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { actions } = run(situationOf(given));
      const lastNewest = actions.findLastIndex(
        (action) => action.do === "read" && action.unit.why === "newest",
      );
      const before = actions.slice(0, Math.max(0, lastNewest)).map((action) => action.do);
      for (const what of ["exchange", "roll-over", "delete"] as const) expect(before).not.toContain(what);
    }),
  );
});
