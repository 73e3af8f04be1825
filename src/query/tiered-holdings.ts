import type { UtcDay } from "../domain/day.ts";
import type { SiteName } from "../domain/site.ts";
import type { Archive, Clock } from "../ports/ports.ts";
import { dayPoints } from "./day-points.ts";
import { heldDays } from "./held-days.ts";
import type { HotTables } from "./hot/tables.ts";
import { latestSamples } from "./latest.ts";
import type { DayPoints, HeldDay, Holdings, LatestSamples, Meter, SampleSource } from "./source.ts";
import { boundaryDay } from "./tiers.ts";

export interface HoldingTiers {
  readonly hot: HotTables;
  readonly cold: SampleSource;
  /** Of the archive. */
  readonly points: Pick<Holdings, "points">;
  readonly archive: Pick<Archive, "list">;
  readonly clock: Pick<Clock, "now">;
  readonly hotDays: number;
}

/** What hot and cold hold together, split as their samples are. */
export class TieredHoldings implements Holdings {
  readonly #tiers: HoldingTiers;

  constructor(tiers: HoldingTiers) {
    this.#tiers = tiers;
  }

  points(site: SiteName, day: UtcDay, meter: Meter): Promise<DayPoints> {
    const { hot, points: cold } = this.#tiers;
    return dayPoints({ hot, cold, boundary: this.#boundary() }, site, day, meter);
  }

  heldDays(site: SiteName, from: UtcDay, to: UtcDay, meter: Meter): Promise<HeldDay[]> {
    return heldDays({ ...this.#tiers, boundary: this.#boundary() }, site, from, to, meter);
  }

  latest(site: SiteName, points: readonly string[], meter: Meter): Promise<LatestSamples> {
    return latestSamples({ ...this.#tiers, nowMs: this.#tiers.clock.now() }, site, points, meter);
  }

  #boundary(): UtcDay {
    return boundaryDay(this.#tiers.clock.now(), this.#tiers.hotDays);
  }
}
