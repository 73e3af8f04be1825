import fc from "fast-check";
import { expect, test } from "vitest";
import { SITE } from "../support/query/archive.ts";
import { READERS } from "../support/query/read-back.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { type ArchivedDay, anyArchive, bucketOf, DAYS, dayAt, fullDay, NAMES, timesOf } from "./archives.ts";
import { checkAnswer } from "./check-answer.ts";
import { anyHot, type HotRows, hotOf } from "./hot.ts";
import { loadReference } from "./load-reference.ts";
import { QueryWorker } from "./query-worker.ts";
import { REFERENCE_INTERVALS } from "./reference-rows.ts";
import {
  anyRollups,
  dayKeyOf,
  daysOfPeriod,
  PERIODS,
  placeRollups,
  type RollupPlan,
  startOf,
} from "./rollups.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";
import { anyTestQuery, type TestQuery } from "./test-queries.ts";

/** So late that every day is before the boundary. */
const ALL_COLD = { nowMs: Date.UTC(2024, 11, 1), hotDays: 20, boundary: "2024-11-11" };
/** Four days are cold alone, then comes the boundary day. */
const SOME_HOT = {
  nowMs: Date.UTC(2024, 9, 3, 12),
  hotDays: 2,
  boundary: dayAt(4),
};

async function worldOf(
  days: readonly ArchivedDay[],
  plans: readonly RollupPlan[],
  { nowMs, hotDays, boundary } = ALL_COLD,
  hot?: HotRows,
) {
  const bindings = { bucket: bucketOf(days), hot: hot ? hotOf(hot) : new SqliteHot(), nowMs, hotDays };
  const rollups = placeRollups(bindings.bucket, days, plans);
  await loadReference(bindings.bucket, bindings.hot, SITE, boundary);
  const isolate = new QueryWorker(bindings);
  const workerOf = ({ newIsolate }: TestQuery) => (newIsolate ? new QueryWorker(bindings) : isolate);
  return { check: (query: TestQuery) => checkAnswer(workerOf, query, { rollups, boundary }) };
}

/** Of every interval, and mostly with ends at whole hours. */
const anyRolledUpQuery = (times: readonly number[]) =>
  fc
    .tuple(
      anyTestQuery(times),
      fc.constantFrom(...REFERENCE_INTERVALS, "raw", "raw", "raw"),
      fc.constantFrom("avg", "min", "max", "sum", "count", "first", "last", undefined),
      fc.tuple(fc.nat(3), fc.nat(3)),
    )
    .map(([query, interval, agg, [first, last]]): TestQuery => {
      const hour = (ms: number) => ms - (ms % 3_600_000);
      const fromMs = first > 0 ? hour(query.fromMs) : query.fromMs;
      const toMs = last > 0 ? hour(query.toMs) : query.toMs;
      return {
        ...query,
        interval,
        agg: interval === "raw" ? undefined : (agg as TestQuery["agg"]),
        fromMs,
        toMs: Math.max(toMs, fromMs + 3_600_000),
      };
    });

test(
  "answers over random archives with roll-ups of any of their days are DuckDB's over the day files",
  async () => {
    const cases = fc
      .tuple(anyArchive, anyRollups)
      .chain(([days, plans]) =>
        fc.tuple(
          fc.constant(days),
          fc.constant(plans),
          fc.array(anyRolledUpQuery(timesOf(days)), { minLength: 4, maxLength: 8 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ([days, plans, queries]) => {
        const { check } = await worldOf(days, plans);
        for (const query of queries) await check(query);
      }),
      runs(12),
    );
  },
  TIMEOUT_MS,
);

test(
  "answers over roll-ups, archive and hot storage are DuckDB's",
  async () => {
    const cases = fc.tuple(anyArchive, anyRollups).chain(([days, plans]) =>
      anyHot(days, 3, DAYS).chain((hot) => {
        const times = [...timesOf(days), ...hot.samples.map(({ ms }) => ms)];
        return fc.record({
          days: fc.constant(days),
          plans: fc.constant(plans),
          hot: fc.constant(hot),
          queries: fc.array(anyRolledUpQuery(times), { minLength: 2, maxLength: 4 }),
        });
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ days, plans, hot, queries }) => {
        const { check } = await worldOf(days, plans, SOME_HOT, hot);
        for (const query of queries) await check(query);
      }),
      runs(8),
    );
  },
  TIMEOUT_MS,
);

test(
  "every interval and aggregate over roll-ups that take many reads is DuckDB's",
  async () => {
    const days = Array.from({ length: DAYS }, (_, nth) => fullDay(nth, 900, 1_000));
    const plans = PERIODS.map((period) => ({
      kind: "made" as const,
      of: daysOfPeriod(period),
      groupRows: 40,
    }));
    const { check } = await worldOf(days, plans);
    await fc.assert(fc.asyncProperty(anyRolledUpQuery(timesOf(days)), check), runs(12));
  },
  TIMEOUT_MS,
);

test("samples, and aggregates without sums, have the bits over roll-ups that they have over day files", async () => {
  const zeros = fc.constantFrom(0, -0, 0, -0, 1, -1, 5e-324, -5e-324);
  const samples = fc.array(fc.record({ point: fc.nat(2), ms: fc.nat(3 * 3_600_000), value: zeros }), {
    minLength: 1,
  });
  const exact = fc.constantFrom("count", "min", "max", "first", "last");
  const asked = fc.oneof(
    fc.tuple(fc.constantFrom("1hr", "2h", "1day", "1week", "1month"), exact),
    // Out of the same samples, sums are the same as well.
    fc.tuple(fc.constantFrom("5min", "15min", "96m"), fc.oneof(exact, fc.constantFrom("sum", "avg"))),
    fc.tuple(fc.constant("raw"), fc.constant("")),
  );
  await fc.assert(
    fc.asyncProperty(fc.tuple(samples, samples), asked, async (ofDays, [interval, agg]) => {
      const days = ofDays.map((own, nth) => ({
        samples: own.map(({ ms, ...sample }) => ({ ...sample, micros: (startOf(nth) + ms) * 1_000 })),
        rowGroupSize: 10,
        counted: true,
      }));
      const parameters = new URLSearchParams({
        site_name: SITE,
        point_names: NAMES.slice(0, 3)
          .filter((name) => !name.includes(","))
          .join(),
        start_time: String(startOf(0)),
        end_time: String(startOf(2)),
        format: "arrow",
        interval,
        ...(agg !== "" && { agg }),
      });
      const answered = async (plans: readonly RollupPlan[]) => {
        const bucket = bucketOf(days);
        placeRollups(bucket, days, plans);
        const worker = new QueryWorker({ bucket, hot: new SqliteHot(), ...ALL_COLD });
        const { body, requests } = await worker.get("/timeseries/query", parameters);
        const { rows } = await READERS.arrow(body);
        return { rows, keys: requests.map(({ key }) => key) };
      };
      const ofDayFiles = await answered([]);
      const made = { kind: "made", of: [0, 1], groupRows: 5 } as const;
      const absent = { kind: "absent" } as const;
      // The quarters come before the months.
      const isOfHours = !["5min", "15min", "96m", "raw"].includes(interval);
      const rolledUp = await answered(isOfHours ? [made] : [absent, absent, made]);
      expect(rolledUp.keys).not.toContain(dayKeyOf(0));
      // `toEqual` tells -0 from 0.
      expect(rolledUp.rows).toEqual(ofDayFiles.rows);
    }),
    runs(60),
  );
});

test("an hour whose sum exceeds the doubles is read from its day's file where sums are needed", async () => {
  const huge = (nth: number) => ({
    samples: [0, 1, 2].flatMap((point) =>
      [0, 1, 2].map((i) => ({
        point,
        micros: (Date.parse(`${dayAt(nth)}T05:00Z`) + i) * 1_000,
        value: Number.MAX_VALUE,
      })),
    ),
    rowGroupSize: 10,
    counted: true,
  });
  const days = Array.from({ length: DAYS }, (_, nth) => (nth === 1 ? huge(nth) : fullDay(nth, 30, 100)));
  const plans = PERIODS.map((period) => ({ kind: "made" as const, of: daysOfPeriod(period), groupRows: 40 }));
  const { check } = await worldOf(days, plans);
  const query: TestQuery = {
    points: ["a", "a,b", "aa"],
    fromMs: Date.parse(`${dayAt(0)}T00:00Z`),
    toMs: Date.parse(`${dayAt(3)}T00:00Z`),
    interval: "1hr",
    agg: "avg",
    formats: ["json"],
    pages: 2,
    style: { accept: true, iso: true, list: false },
    newIsolate: true,
  };
  for (const interval of ["1hr", "1day", "1week", "1month"] as const) {
    for (const agg of ["avg", "sum", "max", "count"] as const) await check({ ...query, interval, agg });
  }
  expect.hasAssertions();
});
