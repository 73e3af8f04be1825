export type Phase = "fetching" | "merging" | "encoded";

/** What the database knows of a day, of its row in the ledger and its staged work. */
export interface DayFacts {
  /** Of the verified object; undefined where the day has none. */
  readonly verified: "completed" | "empty" | undefined;
  /** The backfill that wrote the object. */
  readonly publishedBy: string | undefined;
  /** The round in which the last attempt failed; undefined where it did not, or is to be repeated. */
  readonly failureRound: number | undefined;
  readonly staged: { readonly phase: Phase; readonly heldForUpload: boolean } | undefined;
}

/** The job that a day belongs to, as far as its state depends on it. */
export interface DayJob {
  readonly round: number;
  /** The backfill that must have published a day for it to count; undefined where any verified day counts. */
  readonly requiredBackfillId: string | undefined;
  /** The job shall run, and the site is not halted. */
  readonly works: boolean;
}

/**
 * Where a day stands. `earlier` is the verified object of an earlier backfill: it stays valid while the job replaces it,
 * however an attempt goes.
 */
export type DayState =
  | { readonly kind: "pending"; readonly earlier: DayFacts["verified"] }
  | {
      readonly kind: "staged";
      readonly earlier: DayFacts["verified"];
      readonly phase: Phase;
      readonly works: boolean;
    }
  | { readonly kind: "failed"; readonly earlier: DayFacts["verified"]; readonly heldForUpload: boolean }
  | { readonly kind: "published"; readonly status: "completed" | "empty"; readonly phase: Phase | undefined };

/** The state of a day for the job that it belongs to; `job` is undefined for a day of no job. Pure. */
export function dayState(facts: DayFacts, job: DayJob | undefined): DayState {
  const { verified: earlier, staged, failureRound } = facts;
  const active = staged?.heldForUpload === false ? staged : undefined;
  const required = job?.requiredBackfillId;
  if (earlier && (required === undefined || facts.publishedBy === required))
    return { kind: "published", status: earlier, phase: active?.phase };
  if (active) return { kind: "staged", earlier, phase: active.phase, works: job?.works ?? false };
  // For a job the failure of an earlier round is history; a day of no job has only history.
  const failed = job ? failureRound === job.round : failureRound !== undefined;
  if (failed) return { kind: "failed", earlier, heldForUpload: staged !== undefined };
  return { kind: "pending", earlier };
}

/** The status that HTTP and KV show. */
export function statusOfDay(state: DayState): "pending" | "running" | "completed" | "empty" | "failed" {
  if (state.kind === "published") return state.status;
  if (state.earlier) return state.earlier;
  switch (state.kind) {
    case "pending":
    case "failed":
      return state.kind;
    case "staged":
      return state.works ? "running" : "pending";
    default:
      return state satisfies never;
  }
}

/** What is being done for the day, or is left to be done once the site works again. */
export function phaseOfDay(state: DayState): Phase | undefined {
  return state.kind === "staged" || state.kind === "published" ? state.phase : undefined;
}
