/**
 * How long a random test looks. `QUERY_RUNS=20` makes it twenty times as long; `QUERY_SEED` begins with the seed that a
 * failure has printed.
 */
const TIMES = Number(process.env.QUERY_RUNS ?? 1);
const SEED = process.env.QUERY_SEED;

/** A failure is told with its seed before the runner would give the test up. */
const USUAL_MS_MAX = 50_000;

export const runs = (usual: number) => ({
  numRuns: usual * TIMES,
  interruptAfterTimeLimit: USUAL_MS_MAX * TIMES,
  ...(SEED !== undefined && { seed: Number(SEED) }),
});

export const TIMEOUT_MS = (USUAL_MS_MAX + 10_000) * TIMES;
