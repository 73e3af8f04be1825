export type Phase = "fetching" | "merging" | "encoded";

/** What the database knows of a day: its row in the ledger and its staged work. */
export interface DayFacts {
  /** Status of the verified object; undefined where the day has none. */
  readonly verified: "completed" | "empty" | undefined;
  /** The backfill that wrote the object. */
  readonly publishedBy: string | undefined;
  /** The round in which the last attempt failed; undefined where it did not fail or is to be repeated. */
  readonly failureRound: number | undefined;
  readonly staged: StagedFacts | undefined;
}

export interface StagedFacts {
  readonly phase: Phase;
  readonly heldForUpload: boolean;
  /** Only of a due day: whether the site works on due days. If not, the day's job may stage it anew. */
  readonly due?: { readonly works: boolean };
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
 * The state of a day. `earlier` is the status of the verified object of an earlier backfill: it stays valid while the
 * job replaces it, also if an attempt fails.
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

/** Derives the state of a day for its job; `job` is undefined for a day of no job. Pure. */
export function dayState(facts: DayFacts, job: DayJob | undefined): DayState {
  const { verified: earlier, staged, failureRound } = facts;
  // A due day that is held for upload is uploaded again by itself.
  const isActive = staged?.due?.works ?? staged?.heldForUpload === false;
  const active = isActive ? staged : undefined;
  const required = job?.requiredBackfillId;
  if (earlier && (required === undefined || facts.publishedBy === required))
    return { kind: "published", status: earlier, phase: active?.phase };
  if (active) {
    const works = active.due ? !active.heldForUpload : (job?.works ?? false);
    return { kind: "staged", earlier, phase: active.phase, works };
  }
  // A job ignores failures of earlier rounds; for a day of no job, every failure counts.
  const failed = job ? failureRound === job.round : failureRound !== undefined;
  if (failed) return { kind: "failed", earlier, heldForUpload: staged !== undefined && !staged.due };
  return { kind: "pending", earlier };
}

/** The status of a day as HTTP and KV show it. */
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

/** The phase of the day's staged work, whether or not the site works on it now. */
export function phaseOfDay(state: DayState): Phase | undefined {
  return state.kind === "staged" || state.kind === "published" ? state.phase : undefined;
}
