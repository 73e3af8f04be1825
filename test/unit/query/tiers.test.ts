import fc from "fast-check";
import { test } from "vitest";
import { DAY_MS, dayStartMs } from "../../../src/domain/day.ts";
import { SITE } from "../../../src/query/cold/archive.fixture.ts";
import { anyArchive, bucketOf, DAYS, dayAt, timesOf } from "./archives.ts";
import { checkAnswer } from "./check-answer.ts";
import { anyHot, hotOf } from "./hot.ts";
import { QueryWorker } from "./query-worker.ts";
import { type Asked, anyQuestion } from "./questions.ts";
import { loadReference } from "./reference.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

/** Two days are cold alone, then comes that of the boundary, then three of hot's; the last is today. */
const BOUNDARY = 2;
const TODAY = DAYS - 1;
const CLOCK = { nowMs: dayStartMs(dayAt(TODAY)) + DAY_MS / 2, hotDays: TODAY - BOUNDARY };

const anyTiers = anyArchive.chain((days) =>
  // The day before the boundary is in hot as well, for nobody says when it is taken out.
  anyHot(days, BOUNDARY - 1).chain((hot) => {
    const times = [...timesOf(days), ...hot.samples.map(({ ms }) => ms)];
    return fc.record({
      days: fc.constant(days),
      hot: fc.constant(hot),
      questions: fc.array(anyQuestion(times), { minLength: 2, maxLength: 4 }),
    });
  }),
);

test(
  "answers over archive and hot storage are DuckDB's: each millisecond once, hot's where both have it",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyTiers, async ({ days, hot, questions }) => {
        const bindings = { bucket: bucketOf(days), hot: hotOf(hot), ...CLOCK };
        const boundary = dayAt(BOUNDARY);
        await loadReference(bindings.bucket, bindings.hot, SITE, boundary);
        const isolate = new QueryWorker(bindings);
        const workerOf = ({ anew }: Asked) => (anew ? new QueryWorker(bindings) : isolate);
        for (const asked of questions) await checkAnswer(workerOf, asked, boundary);
      }),
      runs(30),
    );
  },
  TIMEOUT_MS,
);
