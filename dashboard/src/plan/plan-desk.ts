import type { Plan, Status } from "../../../src/contract/backfill.ts";
import { addDays, daysBetween, type UtcDay } from "../../../src/domain/day.ts";
import type { Selection } from "../api/backfill-api.ts";

export interface Question {
  readonly of: Selection;
  readonly force: boolean;
}

/** The range that is about to be started, and what is known of it. */
export interface PlanDesk {
  readonly of: Selection | undefined;
  /** Every day anew, also those that are completed. */
  readonly force: boolean;
  /** The question whose answer is awaited. */
  readonly asking: Question | undefined;
  readonly plan: Plan | undefined;
  readonly refusal: string | undefined;
}

export const NO_PLAN: PlanDesk = {
  of: undefined,
  force: false,
  asking: undefined,
  plan: undefined,
  refusal: undefined,
};

export function asking(desk: PlanDesk, question: Question): PlanDesk {
  return { ...desk, asking: question, plan: undefined, refusal: undefined };
}

/** What is asked for is another: no plan speaks of it, and none that is still awaited will. */
export function changed(desk: PlanDesk, change: Partial<Pick<PlanDesk, "of" | "force">>): PlanDesk {
  return { ...desk, ...change, asking: undefined, plan: undefined, refusal: undefined };
}

/** An answer to any question but the one that is awaited speaks of another range, and is dropped. */
export function answered(desk: PlanDesk, to: Question, answer: Pick<PlanDesk, "plan" | "refusal">): PlanDesk {
  return desk.asking === to ? { ...desk, ...answer, asking: undefined } : desk;
}

/** What the fields hold before anybody chose: the backfill there is, or the last week that is over. */
export function proposed(status: Status | undefined, sites: readonly string[], yesterday: UtcDay): Selection {
  return status
    ? {
        from: status.start_date as UtcDay,
        to: status.end_date as UtcDay,
        sites: status.sites.map((view) => view.site),
      }
    : { from: addDays(yesterday, -6), to: yesterday, sites };
}

/** `end - start` is at most a year, as the Worker has it. */
export const SPAN_DAYS_MAX = 365;

/** Why the range can't be asked for; undefined where it can. */
export function rangeFault({ from, to, sites }: Selection, yesterday: UtcDay): string | undefined {
  if (sites.length === 0) return "Choose at least one site.";
  if (from > to) return "The first day lies behind the last.";
  if (to > yesterday) return `The last day that is over is ${yesterday} (UTC).`;
  if (daysBetween(from, to) > SPAN_DAYS_MAX)
    return "A backfill takes at most a year: its days lie up to 365 apart.";
  return undefined;
}
