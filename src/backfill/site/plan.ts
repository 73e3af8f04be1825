import type { Config } from "../../domain/config.ts";
import type { EpochMs } from "../../domain/day.ts";
import { LANES_MAX } from "../../domain/limits.ts";
import { wordsText } from "../../domain/value-words.ts";

/** Rises whenever samples are read differently: a day must be read by one version from start to end. */
export const PARSER_VERSION = 1;
/** Older work starts again at a resume: the vendor may have received late samples since. */
export const PLAN_AGE_MS_MAX = 24 * 3_600_000;

/** The parameters of a site-day's fetch, the same from its first request to its last. */
export interface DayPlan {
  readonly pointsHash: string;
  readonly pointCount: number;
  readonly parserVersion: number;
  readonly rowGroupSize: number;
  /** Absent in the plans of versions without this setting: none were added. */
  readonly valueWords?: string;
  /** Whose samples are kept; absent in the plans of versions without this setting: of configured points. */
  readonly points?: Config["points"];
  /** The backfill that staged the day; `DUE_BACKFILL_ID` where it was due. */
  readonly backfillId: string;
  /** Whose work the day is; absent for the job's, also in the plans of versions without due days. */
  readonly track?: "due";
  readonly createdAt: EpochMs;
}

/** Whose work a day is staged for: the job's, or that of the site's due days, which no job touches. */
export type Track = "job" | "due";

export const trackOf = ({ plan }: { readonly plan: DayPlan }): Track => plan.track ?? "job";

/** The settings that a day's file depends on. */
export interface PlanSettings {
  readonly rowGroupSize: number;
  /** As `wordsText` writes them. */
  readonly valueWords: string;
  readonly points: Config["points"];
}

export function settingsOf({ rowGroupSize, valueWords, points }: Config): PlanSettings {
  return { rowGroupSize, valueWords: wordsText(valueWords), points };
}

/** The number of requests in flight that uses every permit at this latency: a single lane when requests are quick. */
export function lanesFor(latencyMs: number | undefined, requestsPerMinute: number): number {
  if (latencyMs === undefined) return LANES_MAX;
  const intervalMs = 60_000 / requestsPerMinute;
  // A fifth above the mean, and a little for the time between two requests of a lane.
  return Math.max(1, Math.min(LANES_MAX, Math.ceil((latencyMs * 1.2) / intervalMs + 0.2)));
}

/** Whether staged work may continue: its plan is what a new plan would be. */
export function isPlanValid(
  plan: DayPlan,
  now: PlanSettings & { readonly pointsHash: string; readonly requiredBackfillId: string | undefined },
): boolean {
  return (
    plan.parserVersion === PARSER_VERSION &&
    plan.pointsHash === now.pointsHash &&
    plan.rowGroupSize === now.rowGroupSize &&
    (plan.valueWords ?? "") === now.valueWords &&
    (plan.points ?? "configured") === now.points &&
    isStagedFor(plan, now.requiredBackfillId)
  );
}

/** Whether a job may use the staged work: a forced restart uses only its own. */
export function isStagedFor(plan: DayPlan, requiredId: string | undefined): boolean {
  return requiredId === undefined || plan.backfillId === requiredId;
}
