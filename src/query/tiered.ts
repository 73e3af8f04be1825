import type { ArchiveReader } from "../ports/archive.ts";
import type { Clock } from "../ports/ports.ts";
import { withRetry } from "./archive-requests.ts";
import type { HotDatabase } from "./hot/database.ts";
import { HotSource } from "./hot/hot-source.ts";
import type { QuerySources, SampleSource } from "./source.ts";
import { TieredHoldings } from "./tiered-holdings.ts";
import { TieredSource } from "./tiers.ts";

export interface Storage {
  readonly hot: HotDatabase;
  readonly archive: ArchiveReader;
  /** The samples of the archive; outlives a request, for it remembers footers. */
  readonly cold: SampleSource;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly hotDays: number;
}

/** All that is answered from, split between the tiers. */
export function tiered({ hot, archive, cold, clock, hotDays }: Storage): QuerySources {
  const source = new HotSource(hot);
  return {
    samples: new TieredSource({ hot: source, cold, clock, hotDays }),
    holdings: new TieredHoldings({ hot: source.tables, cold, archive, clock, hotDays }),
    files: withRetry(archive, clock),
  };
}
