import fc from "fast-check";
import { test } from "vitest";
import { DAY_MS, dayStartMs } from "../../src/domain/day.ts";
import { SITE } from "../support/query/archive.ts";
import { anyArchive, bucketOf, DAYS, dayAt, timesOf } from "./archives.ts";
import { checkAnswer } from "./check-answer.ts";
import { checkDays, checkLatest, checkPoints } from "./check-catalog.ts";
import { anyHot, hotOf } from "./hot.ts";
import { loadReference } from "./load-reference.ts";
import { QueryWorker } from "./query-worker.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";
import { anyTestQuery, type TestQuery } from "./test-queries.ts";

/** Two days are cold alone, then comes the boundary day; today is after the archive's days, as it always is. */
const BOUNDARY = 2;
const TODAY = DAYS;
const CLOCK = { nowMs: dayStartMs(dayAt(TODAY)) + DAY_MS / 2, hotDays: TODAY - BOUNDARY };

const anyTiers = anyArchive.chain((days) =>
  // The day before the boundary is in hot as well, since hot may delete it at any later time.
  anyHot(days, BOUNDARY - 1, TODAY).chain((hot) => {
    const times = [...timesOf(days), ...hot.samples.map(({ ms }) => ms)];
    return fc.record({
      days: fc.constant(days),
      hot: fc.constant(hot),
      queries: fc.array(anyTestQuery(times), { minLength: 2, maxLength: 4 }),
    });
  }),
);

test(
  "answers over archive and hot storage are DuckDB's: each millisecond once, hot's sample if both have one",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyTiers, async ({ days, hot, queries }) => {
        const bindings = { bucket: bucketOf(days), hot: hotOf(hot), ...CLOCK };
        const boundary = dayAt(BOUNDARY);
        await loadReference(bindings.bucket, bindings.hot, SITE, boundary);
        const isolate = new QueryWorker(bindings);
        const workerOf = ({ newIsolate }: TestQuery) => (newIsolate ? new QueryWorker(bindings) : isolate);
        for (const query of queries) await checkAnswer(workerOf, query);
      }),
      runs(8),
    );
  },
  TIMEOUT_MS,
);

test(
  "the points of a day, the availability of days and the newest samples are DuckDB's",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyTiers, async ({ days, hot, queries }) => {
        const bindings = { bucket: bucketOf(days), hot: hotOf(hot), ...CLOCK };
        const boundary = dayAt(BOUNDARY);
        await loadReference(bindings.bucket, bindings.hot, SITE, boundary);
        const worker = new QueryWorker(bindings);
        for (let nth = -1; nth <= DAYS; nth += 1) await checkPoints(worker, dayAt(nth), boundary);
        await checkDays(worker, dayAt(-1), dayAt(DAYS), boundary);
        for (const { points } of queries) await checkLatest(worker, points, dayAt(TODAY));
      }),
      runs(5),
    );
  },
  TIMEOUT_MS,
);
