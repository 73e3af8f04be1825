import { createQueryApp } from "../../src/http/query/query.ts";
import type { FooterCache } from "../../src/query/cold/cold.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import type { HotDatabase } from "../../src/query/hot/hot.ts";
import { PointsFiles } from "../../src/query/points/points.ts";
import { tiered } from "../../src/query/tiers.ts";
import type { CountedRequest, MemoryArchive } from "../support/query/memory-archive.ts";
import { rollupsOf } from "../support/query/rollup-source.ts";
import { SqliteHot } from "../support/query/sqlite-hot.ts";

const KEY = "query-key";

export interface Bindings {
  readonly bucket: MemoryArchive;
  readonly hot: HotDatabase;
  /** Read whenever the time is needed. */
  readonly nowMs: number;
  readonly hotDays: number;
  readonly cache?: FooterCache;
  /** Called for a damaged roll-up; by default it fails the test. */
  readonly onDamaged?: (key: string, fault: Error) => void;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** The requests to the bucket that it took. */
  readonly requests: readonly CountedRequest[];
}

/** An isolate of the Query Worker without Cloudflare's bindings, composed as in its entry. */
export class QueryWorker {
  readonly #bucket: MemoryArchive;
  readonly #hotDays: number;
  readonly #app;

  constructor(bindings: Bindings) {
    const { bucket, hot, hotDays, cache, onDamaged } = bindings;
    this.#bucket = bucket;
    this.#hotDays = hotDays;
    const pointsFiles = new PointsFiles();
    const clock = { now: () => bindings.nowMs, sleep: async () => undefined };
    const cold = new ColdSource(bucket, new Footers(clock.now, cache));
    const rollups = rollupsOf(bucket, clock.now, { cache, onDamaged });
    this.#app = createQueryApp<object>({
      sources: (_, { hotDays }) =>
        tiered({ hot, archive: bucket, pointsFiles, cold, rollups, clock, hotDays }),
      clock,
      log: () => {},
      version: "0",
    });
  }

  async get(path: string, parameters: URLSearchParams, headers: Record<string, string> = {}): Promise<Reply> {
    this.#bucket.requests.length = 0;
    const response = await this.#app.request(
      `${path}?${parameters}`,
      { headers: { Authorization: `Bearer ${KEY}`, ...headers } },
      { QUERY_API_KEY: KEY, HOT_DAYS: String(this.#hotDays) },
    );
    const body = new Uint8Array(await response.arrayBuffer());
    return {
      status: response.status,
      contentType: response.headers.get("Content-Type") ?? "",
      body,
      requests: [...this.#bucket.requests],
    };
  }
}

/** An isolate without hot days, late in 2024; `cache` is shared with other isolates. */
export const isolateOver = (bucket: MemoryArchive, cache?: Map<string, Uint8Array>) =>
  new QueryWorker({
    bucket,
    hot: new SqliteHot(),
    nowMs: Date.UTC(2024, 11, 1),
    hotDays: 20,
    ...(cache && {
      cache: {
        get: async (key) => cache.get(key),
        put: async (key, bytes) => {
          cache.set(key, bytes);
        },
      },
    }),
  });
