import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, type UtcDay } from "../../../src/domain/day.ts";
import { AGGREGATES, INTERVALS, isAllowed, NO_CHOICES } from "../explorer/explorer.tsx";
import { type Address, hashOf, parseHash } from "./hash.ts";

const SITES = ["a", "site_b", "c-c"];
const NOTHING: Address = { view: "backfill", day: undefined, selection: undefined, explorer: NO_CHOICES };

const day = fc.integer({ min: 0, max: 36_000 }).map((days) => addDays("1970-01-01" as UtcDay, days));
const site = fc.constantFrom(...SITES);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const selection = fc
  .record({ from: day, days: fc.nat(400), sites: fc.subarray(SITES, { minLength: 1 }) })
  .map(({ from, days, sites }) => ({ from, to: addDays(from, days), sites }))
  .filter(({ to }) => to < "2070");
const span = fc
  .record({ fromMs: fc.nat(2 ** 40), ms: fc.integer({ min: 1, max: 2 ** 40 }) })
  .map(({ fromMs, ms }) => ({ fromMs, toMs: fromMs + ms }));
const explorer = fc
  .record({
    ...{
      site,
      day: maybe(day),
      search: fc.string(),
      point: maybe(fc.string({ minLength: 1 })),
      span: maybe(span),
    },
    ...{
      intervalChoice: fc.constantFrom("auto" as const, ...INTERVALS),
      agg: fc.constantFrom(...AGGREGATES),
    },
  })
  .filter((of) => of.intervalChoice === "auto" || !of.span || isAllowed(of.intervalChoice, of.span));

test("what a hash says is read as it was written", () => {
  const address = fc.record({
    view: fc.constantFrom("backfill" as const, "explorer" as const),
    day: maybe(fc.record({ site, day })),
    selection: maybe(selection),
    explorer: fc.oneof(fc.constant(NO_CHOICES), explorer),
  });
  fc.assert(
    fc.property(address, (written) => {
      expect(parseHash(hashOf(written), SITES)).toEqual(written);
    }),
    { numRuns: 500 },
  );
});

test("the address of a page on which nothing is chosen has no hash, and names of points stay whole", () => {
  expect(hashOf(NOTHING)).toBe("");
  expect(hashOf({ ...NOTHING, view: "explorer" })).toBe("#explorer");
  expect(hashOf({ ...NOTHING, view: "live" })).toBe("#live");
  expect(parseHash("#live", SITES)).toEqual({ ...NOTHING, view: "live" });
  const point = "ahu/1?&=#% temp";
  expect(hashOf({ ...NOTHING, explorer: { ...NO_CHOICES, site: "a", point } })).toBe(
    "#backfill?points_site=a&point=ahu%2F1%3F%26%3D%23%25+temp",
  );
});

test.for([
  "#",
  "#?",
  "#nowhere",
  "#backfill?day=2024-02-31&day_site=a",
  "#backfill?day=2024-01-01&day_site=unknown",
  "#backfill?day=2024-01-01",
  "#backfill?from=2024-01-02&to=2024-01-01&site=a",
  "#backfill?from=2024-01-01&to=2024-01-02",
  "#backfill?from=1970-01-01&to=9999-12-31&site=a",
  "#backfill?from=2024-01-01&to=2024-01-02&site=unknown",
  "#backfill?points_site=unknown&point=p",
  "#backfill?%E0%A4%A&&=&day",
  "#backfill?interval=1min&agg=max",
])("junk is ignored: %s", (hash) => {
  expect(parseHash(hash, SITES)).toEqual(NOTHING);
});

test("of a chart only what is valid is taken", () => {
  const read = (query: string) => parseHash(`#explorer?points_site=a&${query}`, SITES).explorer;
  const [start, end] = ["2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"];
  expect(read(`point=p&start=${end}&end=${start}&interval=3weeks&agg=median&points_day=x`)).toEqual({
    ...NO_CHOICES,
    site: "a",
    point: "p",
  });
  // A year of raw samples is more than a chart draws.
  expect(read(`start=${start}&end=${end}&interval=raw`).intervalChoice).toBe("auto");
  expect(read("start=yesterday&end=today&point=").span).toBeUndefined();
});
