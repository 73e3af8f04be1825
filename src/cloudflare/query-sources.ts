import { env as isolateEnv } from "cloudflare:workers";
import { R2Archive } from "../archive/r2-archive.ts";
import type { QueryConfig } from "../domain/query-config.ts";
import { ColdSource, Footers } from "../query/cold/cold.ts";
import { type QuerySources, tiered } from "../query/tiers.ts";
import { CacheFooters } from "./cache-footers.ts";
import { D1Hot } from "./d1-hot.ts";
import type { QueryEnv } from "./query-env.ts";
import { wallClock } from "./storage.ts";

/** Shared by all requests of this isolate, since it remembers footers and their sizes. */
const cold = new ColdSource(
  new R2Archive((isolateEnv as unknown as QueryEnv).R2),
  new Footers(wallClock.now, new CacheFooters()),
  wallClock,
);

/** What the bindings of a request give access to. */
export function sourcesOf({ D1, R2 }: QueryEnv, { hotDays }: QueryConfig): QuerySources {
  return tiered({ archive: new R2Archive(R2), cold, hot: new D1Hot(D1), clock: wallClock, hotDays });
}
