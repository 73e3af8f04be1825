import type { UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { ArchiveReader } from "../ports/archive.ts";
import type { Clock } from "../ports/ports.ts";
import { withMeter, withRetry } from "./archive-requests.ts";
import { ColdPoints } from "./cold/cold-points.ts";
import { dayPoints } from "./day-points.ts";
import { heldDays } from "./held-days.ts";
import type { HotTables } from "./hot/tables.ts";
import { latestSamples } from "./latest.ts";
import type { DayPoints, HeldDay, Holdings, LatestSamples, Meter, SampleSource } from "./source.ts";
import { boundaryDay } from "./tiers.ts";

export interface HoldingTiers {
  readonly hot: HotTables;
  readonly cold: SampleSource;
  readonly archive: ArchiveReader;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly hotDays: number;
}

/** What hot and cold hold together, split as their samples are. */
export class TieredHoldings implements Holdings {
  readonly #tiers: HoldingTiers;

  constructor(tiers: HoldingTiers) {
    this.#tiers = tiers;
  }

  points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints> {
    const cold = new ColdPoints(this.#archive(meter));
    return dayPoints({ hot: this.#tiers.hot, cold, boundary: this.#boundary() }, site, day, meter);
  }

  heldDays(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<HeldDay[]> {
    const holders = { hot: this.#tiers.hot, archive: this.#archive(meter), boundary: this.#boundary() };
    return heldDays(holders, site, from, to, meter);
  }

  latest(site: SiteName, points: readonly string[], meter: Meter): Promise<LatestSamples> {
    const nowMs = this.#tiers.clock.now();
    const boundary = boundaryDay(nowMs, this.#tiers.hotDays);
    const sources = { ...this.#tiers, archive: this.#archive(meter), boundary, nowMs };
    return latestSamples(sources, site, points, meter);
  }

  #archive(meter: Meter): ArchiveReader {
    return withRetry(withMeter(this.#tiers.archive, meter), this.#tiers.clock);
  }

  #boundary(): UtcDay {
    return boundaryDay(this.#tiers.clock.now(), this.#tiers.hotDays);
  }
}
