import type { Aggregate, Interval } from "../../contract/query.ts";
import { DAY_MS } from "../../domain/day.ts";
import type { SampleQuery } from "../source.ts";

/** What a caller wants to know: samples as they are, or folded into buckets. */
export interface Asked extends SampleQuery {
  /** undefined: samples as they are. */
  readonly fold: Fold | undefined;
}

export interface Fold {
  /** Divides a day. */
  readonly widthMs: number;
  readonly aggregate: Aggregate;
}

const WIDTHS_MS: Readonly<Record<Exclude<Interval, "raw">, number>> = {
  "1min": 60_000,
  "5min": 300_000,
  "15min": 900_000,
  "1hr": 3_600_000,
  "1day": DAY_MS,
};

export function foldFor(interval: Interval, aggregate: Aggregate | undefined): Fold | undefined {
  return interval === "raw" ? undefined : { widthMs: WIDTHS_MS[interval], aggregate: aggregate ?? "avg" };
}
