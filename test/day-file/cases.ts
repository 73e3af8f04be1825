import fc from "fast-check";
import type { PageSize } from "../../src/ace/paging/paging.ts";
import type { Event, FetchPlan } from "./fetch-day.ts";
import { textOf, type Vendor, type VendorRow } from "./vendor.ts";
import { DAY_END, DAY_START, NAMES, POINTS, UNLISTED } from "./world.ts";

const SECOND = 1_000_000;

/** Boundaries of windows inside the day: anywhere, to the microsecond. */
const borders = fc
  .uniqueArray(fc.integer({ min: DAY_START + 1, max: DAY_END - 1 }), { maxLength: 4 })
  .map((inside) => inside.sort((a, b) => a - b));

/** Milliseconds around every window boundary and the ends of its margins, and some anywhere. */
function timesAround(marks: readonly number[]) {
  const edge = fc
    .tuple(fc.constantFrom(...marks), fc.constantFrom(-2, -1, 0, 1, 2), fc.integer({ min: -1, max: 1 }))
    .map(([mark, seconds, off]) => mark + seconds * SECOND + off);
  const anywhere = fc
    .integer({ min: DAY_START / 1_000 - 3_000, max: DAY_END / 1_000 + 3_000 })
    .map((ms) => ms * 1_000);
  return fc.oneof(edge, anywhere);
}

/** Few microseconds, in the same millisecond and the next, for the rule of the latest microsecond. */
const crowded = (times: fc.Arbitrary<number>) =>
  fc.array(times, { minLength: 1, maxLength: 5 }).map((few) => {
    const near = fc.constantFrom(0, 0, 0, 1, 998, 999, 1_000, 1_001);
    return fc.tuple(fc.constantFrom(...few), near).map(([at, more]) => at + more);
  });

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => `"${number}"`),
  fc.constantFrom('"0"', '"-0"', '"-0.0"', '"1.5"', '"2"', "7", "-0", "1.5e3"),
  fc.constantFrom('"active"', '"OFF"', "true", "false", '" 3 "', '"5e-324"', '"1.7976931348623157e308"'),
  fc.constantFrom("NaN", "Infinity", "-Infinity"),
  fc.constantFrom('""', "null", '"NaN"', '"-Infinity"', '"1e999"', "1e999", '"72abc"', "{}", '["1"]'),
);
const name = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES), weight: 9 },
  { arbitrary: fc.constantFrom("", ...UNLISTED), weight: 3 },
);

/** The same instant as the API may write it. */
const timeForm = fc.constantFrom<(micros: number) => string>(
  textOf,
  textOf,
  (micros) => `${textOf(micros)}Z`,
  (micros) => `${textOf(micros + 5_400 * SECOND)}+01:30`,
  (micros) => `${textOf(micros).replace("T", " ")}+0000`,
);
const notATime = fc.constantFrom('"yesterday"', '"2024-02-30T00:00:00"', '""');
const misshapen = fc.constantFrom(
  '{"name":null,"value":"1","time":"2024-02-29T00:00:00"}',
  "null",
  "7",
  "{}",
  '{"name":NaN,"value":"1","time":"2024-02-29T00:00:00"}',
);

/** Rows as JSON; unless all are `timed`, occasionally a row without a readable time, or one that is not a sample. */
const rowWith = (timed: boolean) =>
  fc.record({
    name,
    value,
    form: timeForm,
    odd: fc.oneof({ arbitrary: fc.constant(undefined), weight: 30 }, ...(timed ? [] : [notATime, misshapen])),
  });

/** Rows by timestamp, as at the vendor: often many rows, and a point twice. */
function rowsAt(times: fc.Arbitrary<number>, timed: boolean) {
  const row = rowWith(timed);
  const groups = crowded(times).chain((near) =>
    fc.array(fc.tuple(near, fc.array(row, { minLength: 1, maxLength: 14 })), { maxLength: 12 }),
  );
  return groups.map((groups) =>
    groups
      .flatMap(([micros, rows]) =>
        rows.map(({ name, value, form, odd }): VendorRow => {
          const time = odd?.startsWith('"') ? odd : `"${form(micros)}"`;
          const sample = `{~"name":~${JSON.stringify(name)},~"value":~${value},~"time":~${time}~}`;
          return { micros, json: odd === undefined || odd.startsWith('"') ? sample : odd };
        }),
      )
      .sort((a, b) => a.micros - b.micros),
  );
}

const pageSize = fc.constantFrom<PageSize>(3, 3, 10, 50);
const event = fc.constantFrom<Event>(
  "continue",
  "continue",
  "continue",
  "commit",
  "commit, then crash",
  "crash",
);

const windowsOf = (inside: readonly number[]) =>
  [DAY_START, ...inside].map((fromMicros, index) => ({ fromMicros, toMicros: inside[index] ?? DAY_END }));

const planWith = (inside: fc.Arbitrary<readonly number[]>): fc.Arbitrary<FetchPlan> =>
  fc.record({
    windows: inside.map(windowsOf),
    pageSizes: fc.array(pageSize, { minLength: 1, maxLength: 6 }),
    events: fc.array(event, { maxLength: 40 }),
    turns: fc.array(fc.nat(4), { minLength: 1, maxLength: 9 }),
  });

const mergePlan = fc.record({
  samplesMax: fc.integer({ min: 1, max: 60 }),
  bucketBytesMax: fc.constantFrom(1 << 16, 1 << 23),
  /** Which slices are lost before their commit. */
  lost: fc.array(fc.boolean(), { maxLength: 12 }),
});
export type MergePlan = typeof mergePlan extends fc.Arbitrary<infer Plan> ? Plan : never;

/** One day at the vendor, and two ways to fetch and to merge it. */
export const days = fc.tuple(borders, fc.boolean()).chain(([inside, timed]) =>
  fc.record({
    rows: rowsAt(timesAround([DAY_START, ...inside, DAY_END]), timed),
    points: fc.constantFrom(...Object.values(POINTS)),
    rowGroupSize: fc.integer({ min: 1, max: 40 }),
    ways: fc.tuple(way(fc.constant(inside)), way(borders)),
  }),
);

function way(inside: fc.Arbitrary<readonly number[]>) {
  const server: fc.Arbitrary<Omit<Vendor, "rows">> = fc.record({
    forgets: fc.boolean(),
    startIncluded: fc.boolean(),
    endIncluded: fc.boolean(),
    looseMicros: fc.constantFrom(0, 0, 3 * SECOND),
    moves: fc.boolean(),
    gap: fc.constantFrom("", " "),
  });
  return fc.record({ server, fetch: planWith(inside), merge: mergePlan });
}
