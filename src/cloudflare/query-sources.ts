import { env as isolateEnv } from "cloudflare:workers";
import { R2Archive } from "../archive/r2-archive.ts";
import { R2Files } from "../archive/r2-files.ts";
import { R2Ranges } from "../archive/r2-ranges.ts";
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
  new R2Ranges((isolateEnv as unknown as QueryEnv).R2),
  new Footers(wallClock.now, new CacheFooters()),
  wallClock,
);

/** What is behind the bindings of a request. */
export function sourcesOf({ D1, R2 }: QueryEnv, { hotDays }: QueryConfig): QuerySources {
  const archived = { archive: new R2Archive(R2), files: new R2Files(R2), cold };
  return tiered({ ...archived, hot: new D1Hot(D1), clock: wallClock, hotDays });
}
