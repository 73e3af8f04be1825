import { rmSync } from "node:fs";
import { join } from "node:path";
import { startWorker } from "../../../local/stack/stack.ts";
import type { QueryMetadata } from "../../../src/contract/query.ts";
import type { CommandRun } from "../../../terminal/terminal.ts";

const KEY = "bench";

export interface TimedAnswer {
  readonly ms: number;
  readonly metadata: QueryMetadata;
}

/** The Query Worker on workerd, on a state directory. */
export interface QueryClient {
  /** The median time of `repeats` requests and the cost of the last. */
  query(path: string, parameters: Readonly<Record<string, string>>, repeats: number): Promise<TimedAnswer>;
  health(repeats: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the Query Worker; `forgetful` deletes the footers that earlier isolates have put into the cache. */
export async function startQuery(
  stateDir: string,
  forgetful: boolean,
  run: CommandRun,
): Promise<QueryClient> {
  if (forgetful) rmSync(join(stateDir, "v3/cache"), { recursive: true, force: true });
  const vars = { QUERY_API_KEY: KEY };
  const worker = await startWorker({ toml: "wrangler-query.toml", stateDir, vars, signal: run.signal });
  const get = async (path: string) => {
    const began = performance.now();
    const response = await fetch(`${worker.url}${path}`, { headers: { Authorization: `Bearer ${KEY}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return { ms: performance.now() - began, text };
  };
  const health = async (repeats: number) =>
    median(await times(repeats, async () => (await get("/health")).ms));
  // The first requests compile the Worker.
  await health(WARM_UP);
  return {
    async query(path, parameters, repeats) {
      const all = await times(repeats, () => get(`${path}?${new URLSearchParams(parameters)}`));
      const { metadata } = JSON.parse(all.at(-1)?.text ?? "") as { metadata: QueryMetadata };
      return { ms: median(all.map(({ ms }) => ms)), metadata };
    },
    health,
    stop: () => worker.stop(),
  };
}

const WARM_UP = 10;

async function times<T>(count: number, act: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) all.push(await act());
  return all;
}

const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
