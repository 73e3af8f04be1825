/**
 * How long a random test runs. `QUERY_RUNS=20` makes it twenty times as long; `QUERY_SEED` starts from the seed that a
 * failure has printed.
 */
const TIMES = Number(process.env.QUERY_RUNS ?? 1);
const SEED = process.env.QUERY_SEED;

/** Ends before the runner's time limit, so that a failure is reported with its seed. */
const USUAL_MS_MAX = 50_000;

export const runs = (usual: number) => ({
  numRuns: usual * TIMES,
  interruptAfterTimeLimit: USUAL_MS_MAX * TIMES,
  ...(SEED !== undefined && { seed: Number(SEED) }),
});

export const TIMEOUT_MS = (USUAL_MS_MAX + 10_000) * TIMES;
