import { env as isolateEnv } from "cloudflare:workers";
import { R2Archive } from "../archive/r2-archive.ts";
import type { QueryConfig } from "../domain/query-config.ts";
import { ColdSource, Footers } from "../query/cold/cold.ts";
import { retriedReads } from "../query/hot/hot.ts";
import { PointsFiles } from "../query/points/points.ts";
import { KnownRollups, rollupSources } from "../query/rollup/rollup.ts";
import { type QuerySources, tiered } from "../query/tiers.ts";
import { CacheFooters } from "./cache-footers.ts";
import { logAs } from "./console-log.ts";
import { D1Hot } from "./d1-hot.ts";
import { wallClock } from "./storage.ts";

/** Bindings and secrets of the Query Worker; its variables are read by `parseQueryConfig`. */
export interface QueryEnv {
  readonly R2: R2Bucket;
  readonly D1: D1Database;
  readonly QUERY_API_KEY?: string;
}

export const queryLog = logAs("[QUERY]");

const archive = new R2Archive((isolateEnv as unknown as QueryEnv).R2);
const cache = new CacheFooters();

/** Shared by all requests of this isolate, since it remembers footers and their sizes. */
const cold = new ColdSource(archive, new Footers(wallClock.now, cache), wallClock);

/** The same for roll-ups. */
const rollups = rollupSources({
  archive,
  known: new KnownRollups(wallClock.now, cache),
  clock: wallClock,
  onDamaged: (key, fault) =>
    queryLog("WARN", "A roll-up can't be read; its days are read from their own files", {
      key,
      error: fault.message,
      hint: "Delete the object, or have it made again: POST /backfill/rollups",
    }),
});

/** Shared by all requests of this isolate as well. */
const pointsFiles = new PointsFiles();

/** What the bindings of a request give access to. */
export function sourcesOf({ D1, R2 }: QueryEnv, { hotDays }: QueryConfig): QuerySources {
  const hot = retriedReads(new D1Hot(D1), wallClock);
  return tiered({ archive: new R2Archive(R2), pointsFiles, cold, rollups, hot, clock: wallClock, hotDays });
}
