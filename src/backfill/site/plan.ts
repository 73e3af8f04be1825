import { DAY_MS, dayStartMs, type EpochMs, type UtcDay } from "../../domain/day.ts";
import { LANES_MAX } from "../../domain/limits.ts";
import type { Span } from "../../domain/samples.ts";

/** Rises whenever samples would be read differently: half a day by one reading and half by another is no day. */
export const PARSER_VERSION = 1;
/** Work older than this is begun anew: the vendor may have received late samples since. */
export const PLAN_AGE_MS_MAX = 24 * 3_600_000;

/** What a site-day is fetched by, from its first request to its last. */
export interface DayPlan {
  readonly pointsHash: string;
  readonly pointCount: number;
  readonly parserVersion: number;
  readonly rowGroupSize: number;
  /** Of the backfill that began the work. */
  readonly backfillId: string;
  readonly createdAt: EpochMs;
}

/**
 * Cuts a day into windows. Borders inside the day lie at half past a full minute plus half a second, for
 * thousands of samples sit on full minutes and a border among them would cost a page of margin.
 */
export function windowsOf(day: UtcDay, count: number): Span[] {
  const start = dayStartMs(day);
  const border = (index: number): EpochMs => {
    if (index === 0) return start;
    if (index === count) return start + DAY_MS;
    return start + Math.floor((DAY_MS * index) / count / 60_000) * 60_000 + 30_500;
  };
  return Array.from({ length: count }, (_, index) => ({
    fromMicros: border(index) * 1_000,
    toMicros: border(index + 1) * 1_000,
  }));
}

/** As many requests at once as latency needs for every permit to be used; one when requests are quick. */
export function lanesFor(latencyMs: number | undefined, requestsPerMinute: number): number {
  if (latencyMs === undefined) return LANES_MAX;
  const intervalMs = 60_000 / requestsPerMinute;
  // A fifth more than the mean, and a little for what happens between two requests of a lane.
  return Math.max(1, Math.min(LANES_MAX, Math.ceil((latencyMs * 1.2) / intervalMs + 0.2)));
}

/** Work by a plan goes on only while the plan says what a new one would say. */
export function planHolds(
  plan: DayPlan,
  now: { pointsHash: string; requiredBackfillId: string | undefined; rowGroupSize: number },
): boolean {
  return (
    plan.parserVersion === PARSER_VERSION &&
    plan.pointsHash === now.pointsHash &&
    plan.rowGroupSize === now.rowGroupSize &&
    isBegunFor(plan, now.requiredBackfillId)
  );
}

/** A forced restart goes on with no work that was begun before it. */
export function isBegunFor(plan: DayPlan, requiredId: string | undefined): boolean {
  return requiredId === undefined || plan.backfillId === requiredId;
}
