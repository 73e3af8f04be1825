import { env as isolateEnv } from "cloudflare:workers";
import { R2Archive } from "../archive/r2-archive.ts";
import { R2Files } from "../archive/r2-files.ts";
import { R2Ranges } from "../archive/r2-ranges.ts";
import { parseQueryConfig } from "../domain/query-config.ts";
import type { ObjectFiles } from "../ports/object-files.ts";
import { ColdPoints } from "../query/cold/cold-points.ts";
import { ColdSource } from "../query/cold/cold-source.ts";
import { Footers } from "../query/cold/footers.ts";
import { HotSource } from "../query/hot/hot-source.ts";
import type { Holdings, SampleSource } from "../query/source.ts";
import { TieredHoldings } from "../query/tiered-holdings.ts";
import { TieredSource } from "../query/tiers.ts";
import { CacheFooters } from "./cache-footers.ts";
import { D1Hot } from "./d1-hot.ts";
import { ConfigurationInvalid } from "./env.ts";
import type { QueryEnv } from "./query-env.ts";
import { wallClock } from "./storage.ts";

/** Shared by all requests of this isolate: it remembers footers, and how large those of a site are. */
const cold = new ColdSource(
  new R2Ranges((isolateEnv as unknown as QueryEnv).R2),
  new Footers(wallClock.now, new CacheFooters()),
);

/** What the bindings of a request hold, split between the tiers. */
export function sourcesOf(env: QueryEnv): {
  samples: SampleSource;
  holdings: Holdings;
  files: ObjectFiles;
} {
  const parsed = parseQueryConfig({ ...env });
  if (!parsed.ok) throw new ConfigurationInvalid(parsed.faults);
  const archive = new R2Archive(env.R2);
  const hot = new HotSource(new D1Hot(env.D1));
  const points = new ColdPoints(archive);
  const shared = { archive, clock: wallClock, hotDays: parsed.config.hotDays };
  return {
    samples: new TieredSource({ ...shared, hot, cold }),
    holdings: new TieredHoldings({ ...shared, hot: hot.tables, cold, points }),
    files: new R2Files(env.R2),
  };
}
