import { DAY_MS, dayStartMs } from "../../src/domain/day.ts";
import type { ArchiveReader } from "../../src/ports/archive.ts";
import { ColdSource, Footers } from "../../src/query/cold/cold.ts";
import { archivedSamples } from "../../src/query/fill-gaps.ts";
import { KnownRollups, rollupSources } from "../../src/query/rollup/rollup.ts";
import { TieredBuckets } from "../../src/query/tiered-buckets.ts";
import type { QuerySources } from "../../src/query/tiers.ts";
import { FIRST_DAY } from "../data/data.ts";

/** Later than every made-up day, so that none is hot. */
const NOW = () => dayStartMs(FIRST_DAY) + 1_000 * DAY_MS;

/** An isolate that knows nothing, over a folder. */
export function isolateOver(archive: ArchiveReader): Pick<QuerySources, "samples" | "buckets"> {
  const onDamaged = (key: string, fault: Error): never => {
    throw new Error(`${key} is damaged: ${fault.message}`, { cause: fault });
  };
  const clock = { now: NOW, sleep: async () => undefined };
  const rollups = rollupSources({ archive, known: new KnownRollups(NOW), clock, onDamaged });
  const samples = archivedSamples(rollups.months, new ColdSource(archive, new Footers(NOW)));
  return { samples, buckets: new TieredBuckets({ samples, hours: rollups.hours, clock, hotDays: 20 }) };
}
