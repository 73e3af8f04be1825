import { costSection } from "./cost/cost.ts";
import { ingestSection } from "./ingest/ingest.ts";
import type { MeasureSection } from "./measure/measure.ts";
import { pacingSection } from "./pacing/pacing.ts";
import { querySection } from "./query/query.ts";
import { recoverySection } from "./recovery/recovery.ts";
import { scaleSection } from "./scale/scale.ts";

/** A section of the whole bench: its heading, what it measures in a sentence or two, and how. */
export interface BenchSection {
  readonly title: string;
  readonly about: string;
  readonly measure: MeasureSection;
}

/** The sections in their order, by the names that `--only` takes. */
export const SECTIONS: Readonly<Record<string, BenchSection>> = {
  ingest: {
    title: "Ingest",
    about:
      "The reference day (3,741,234 samples of 4,583 points) from pages of JSON to one sorted file, in three shapes: bursts, whose " +
      "rows share timestamps and come in the same order of points; scattered, where each row has a timestamp of its own and points " +
      "come in no order; and changes, where few points report often, with float32 noise and names of 90 characters. The Worker on " +
      "workerd requests the pages from the simulator; the others read the same bytes from files. All files have the same rows.",
    measure: ingestSection,
  },
  scale: {
    title: "Scale",
    about:
      "One site with days of several sizes, each in one file, and several sites at once. Memory is what the pipeline accounts for, " +
      "of all sites together.",
    measure: scaleSection,
  },
  pacing: {
    title: "Pacing",
    about:
      "A backfill on workerd at the limit of the API key, by how long the API takes for a response. The floor is requests ÷ " +
      "permitted rate: a request that is tried again needs a permit of its own, and pauses that the API asks for are added. The " +
      "gate's spacing alone is 1.02 of the floor.",
    measure: pacingSection,
  },
  query: {
    title: "Query",
    about:
      "Files of the Worker's own encoder, read by the Query Worker's code in Node, cold with nothing known and warm with footers " +
      "and indexes known; by DuckDB with one thread, which only sums the rows up; by hyparquet with its filter; and by a scan of " +
      "whole files. A full day is one of the reference site, a small day has 100,000 samples of 458 points.",
    measure: querySection,
  },
  recovery: {
    title: "Recovery",
    about:
      "A backfill on workerd whose process group gets SIGKILL at random moments of a seed, and is started again on the same state; " +
      "nobody calls it, so that its own alarms continue. Repeated is a request for a page that had been requested before the kill.",
    measure: recoverySection,
  },
  cost: {
    title: "Cost",
    about:
      "Dollars by the prices of Workers Paid, from operations that the rules do in a simulated world: a tenth of the reference site " +
      "is archived in pages, runs, slices and row groups of a tenth, and the reference site is synced every five minutes. Rows read " +
      "are those returned. Objects are billed while they work; their CPU is counted as if it were billed as well, with the checks of " +
      "that world. A request of a sync is assumed to take three seconds. Not in it: the plan's own $5, queries, and " +
      "the storage of the objects' databases, which hold some hundred MB for the hours in which they stage days.",
    measure: costSection,
  },
};
