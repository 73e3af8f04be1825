import type { Interval } from "../../../src/contract/query.ts";
import { DAY_MS } from "../../../src/domain/day.ts";
import type { Span } from "./span.ts";

/** How long a bucket of each interval is. */
export const INTERVAL_MS: Readonly<Record<Exclude<Interval, "raw">, number>> = {
  "1min": 60_000,
  "5min": 300_000,
  "15min": 900_000,
  "1hr": 3_600_000,
  "1day": DAY_MS,
};

const COARSER = Object.keys(INTERVAL_MS) as (keyof typeof INTERVAL_MS)[];

/** A chart is some thousand pixels wide: more buckets than that are not seen. */
export const BUCKETS_AIMED_MAX = 2_500;
/** What a choice by hand may cost: some megabytes of JSON. */
export const BUCKETS_MAX = 50_000;
/** Samples come every few seconds at most, and as they are only as long as there are not many thousands. */
export const RAW_MS_MAX = 2 * DAY_MS;
const RAW_MS_AIMED_MAX = DAY_MS / 4;

/** The finest interval whose buckets a chart can show; samples as they are where the span is a matter of hours. */
export function fittingInterval({ fromMs, toMs }: Span): Interval {
  const spanMs = toMs - fromMs;
  if (spanMs <= RAW_MS_AIMED_MAX) return "raw";
  return COARSER.find((interval) => spanMs / INTERVAL_MS[interval] <= BUCKETS_AIMED_MAX) ?? "1day";
}

/** Whether the interval may be chosen for the span. */
export function isBearable(interval: Interval, { fromMs, toMs }: Span): boolean {
  const spanMs = toMs - fromMs;
  return interval === "raw" ? spanMs <= RAW_MS_MAX : spanMs / INTERVAL_MS[interval] <= BUCKETS_MAX;
}
