import fc from "fast-check";
import { expect, test } from "vitest";
import { STATEMENTS } from "../../src/query/hot/hot-tables.ts";
import { SITE } from "../support/query/archive.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";
import { type ArchivedDay, anyArchive, bucketOf, fullDay, timesOf } from "./archives.ts";
import { checkAnswer } from "./check-answer.ts";
import { loadReference } from "./load-reference.ts";
import { QueryWorker } from "./query-worker.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";
import { anyTestQuery, type TestQuery } from "./test-queries.ts";

/** So late that every day is before the boundary. */
const NOW_MS = Date.UTC(2024, 11, 1);
const BOUNDARY = "2024-11-11";

async function worldOf(days: readonly ArchivedDay[]) {
  const bindings = { bucket: bucketOf(days), hot: new SqliteHot(), nowMs: NOW_MS, hotDays: 20 };
  await loadReference(bindings.bucket, bindings.hot, SITE, BOUNDARY);
  const isolate = new QueryWorker(bindings);
  const workerOf = ({ newIsolate }: TestQuery) => (newIsolate ? new QueryWorker(bindings) : isolate);
  return { hot: bindings.hot, check: (query: TestQuery) => checkAnswer(workerOf, query) };
}

test(
  "answers over random archives are DuckDB's, whole and page by page, and report their cost",
  async () => {
    const cases = anyArchive.chain((days) =>
      fc.tuple(fc.constant(days), fc.array(anyTestQuery(timesOf(days)), { minLength: 3, maxLength: 6 })),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([days, queries]) => {
        const { hot, check } = await worldOf(days);
        for (const query of queries) await check(query);
        // Hot is queried for days that are not archived, and for nothing else.
        expect(hot.statements.filter((statement) => statement !== STATEMENTS.DAYS)).toEqual([]);
      }),
      runs(8),
    );
  },
  TIMEOUT_MS,
);

test(
  "answers over files that take many reads are DuckDB's",
  async () => {
    const days = [
      fullDay(0, 800, 97),
      { samples: undefined, rowGroupSize: 1, counted: true },
      { samples: [], rowGroupSize: 1, counted: true },
      fullDay(3, 800, 1_000),
      { samples: fullDay(4, 2, 1).samples?.slice(3, 4), rowGroupSize: 1, counted: true },
      fullDay(5, 800, 10_000),
    ];
    const { check } = await worldOf(days);
    await fc.assert(fc.asyncProperty(anyTestQuery(timesOf(days)), check), runs(6));
  },
  TIMEOUT_MS,
);
