/** What roll-ups are made of: hours or samples of days, collected, stored in the site's database, and merged point by point. */
import type { Resolution } from "../../../../domain/rollup.ts";
import type { CollectedDay } from "./collected-days.ts";
import type { Collector } from "./collector.ts";
import { HourCollector } from "./hour-collector.ts";
import type { Merged, MergeInput } from "./merged.ts";
import { MergedHours } from "./merged-hours.ts";
import { MergedSamples } from "./merged-samples.ts";
import { SampleCollector } from "./sample-collector.ts";

export * from "./collected-days.ts";
export type { MergePosition } from "./merged.ts";

/** Collects the row groups of a day's object that follow; `open` is as an earlier collector of the day has left it. */
export const collectorOf = (resolution: Resolution, site: string, open: CollectedDay["open"]): Collector =>
  resolution === "raw" ? new SampleCollector(site, open) : new HourCollector(site, open);

export const mergedGroups = (resolution: Resolution, input: MergeInput): Merged =>
  resolution === "raw" ? new MergedSamples(input) : new MergedHours(input);
