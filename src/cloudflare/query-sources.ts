import { env as isolateEnv } from "cloudflare:workers";
import { R2Archive } from "../archive/r2-archive.ts";
import type { QueryConfig } from "../domain/query-config.ts";
import { ColdSource } from "../query/cold/cold-source.ts";
import { Footers } from "../query/cold/footers.ts";
import type { QuerySources } from "../query/source.ts";
import { tiered } from "../query/tiered.ts";
import { CacheFooters } from "./cache-footers.ts";
import { D1Hot } from "./d1-hot.ts";
import type { QueryEnv } from "./query-env.ts";
import { wallClock } from "./storage.ts";

/** Shared by all requests of this isolate: it remembers footers, and how large those of a site are. */
const cold = new ColdSource(
  new R2Archive((isolateEnv as unknown as QueryEnv).R2),
  new Footers(wallClock.now, new CacheFooters()),
  wallClock,
);

/** What is behind the bindings of a request. */
export function sourcesOf({ D1, R2 }: QueryEnv, { hotDays }: QueryConfig): QuerySources {
  return tiered({ archive: new R2Archive(R2), cold, hot: new D1Hot(D1), clock: wallClock, hotDays });
}
