import type { Plan, Status } from "../../../src/contract/backfill.ts";
import { addDays, daysBetween, type UtcDay } from "../../../src/domain/day.ts";
import type { DayRange } from "../ranges.ts";

export interface PlanRequest {
  readonly range: DayRange;
  readonly force: boolean;
}

/** The range that an operator plans, and its estimate. */
export interface PlanState {
  readonly range: DayRange | undefined;
  /** Fetch every day again, completed days too. */
  readonly force: boolean;
  /** The request whose response is awaited. */
  readonly pending: PlanRequest | undefined;
  readonly estimate: Plan | undefined;
  readonly error: string | undefined;
}

export const NO_PLAN: PlanState = {
  range: undefined,
  force: false,
  pending: undefined,
  estimate: undefined,
  error: undefined,
};

export function withRequest(plan: PlanState, request: PlanRequest): PlanState {
  return { ...plan, pending: request, estimate: undefined, error: undefined };
}

/** Changes what is planned; the estimate of the old plan is dropped, and a pending one will be ignored. */
export function withChange(plan: PlanState, change: Partial<Pick<PlanState, "range" | "force">>): PlanState {
  return { ...plan, ...change, pending: undefined, estimate: undefined, error: undefined };
}

/** Takes the response to the pending request; responses to earlier requests are ignored. */
export function withResponse(
  plan: PlanState,
  request: PlanRequest,
  response: Pick<PlanState, "estimate" | "error">,
): PlanState {
  return plan.pending === request ? { ...plan, ...response, pending: undefined } : plan;
}

/** The range before the operator chooses one: that of the current backfill, or the last seven days. */
export function proposedRange(
  status: Status | undefined,
  sites: readonly string[],
  yesterday: UtcDay,
): DayRange {
  return status
    ? {
        from: status.start_date as UtcDay,
        to: status.end_date as UtcDay,
        sites: status.sites.map(({ site }) => site),
      }
    : { from: addDays(yesterday, -6), to: yesterday, sites };
}

/** Days between the first and the last day: the limit of the Worker. */
export const SPAN_DAYS_MAX = 365;

/** Why the Worker would reject the range; undefined for a valid range. */
export function rangeError({ from, to, sites }: DayRange, yesterday: UtcDay): string | undefined {
  if (sites.length === 0) return "Choose at least one site.";
  if (from > to) return "The first day is after the last day.";
  if (to > yesterday) return `The last day can be ${yesterday} at the latest: later days are not over (UTC).`;
  if (daysBetween(from, to) > SPAN_DAYS_MAX) return "A backfill has at most 366 days.";
  return undefined;
}
