import type { AuditView, ErrorView, Evidence } from "../../../src/contract/backfill.ts";
import type { SiteDay } from "../ranges.ts";

/** The day that is open in the day panel. */
export interface OpenDay {
  readonly siteDay: SiteDay | undefined;
  /** Newest first; undefined while they load, a text when they could not be loaded. */
  readonly errors: readonly ErrorView[] | string | undefined;
  /** The latest audit of each site. */
  readonly audits: readonly AuditView[];
}

export const NO_DAY_OPEN: OpenDay = { siteDay: undefined, errors: undefined, audits: [] };

export function opened(siteDay: SiteDay, before: OpenDay): OpenDay {
  return { ...before, siteDay, errors: undefined };
}

/** The counts into which the fetched rows were divided, in the order of the evidence equation. */
export function countsOf(evidence: Evidence): { readonly name: string; readonly rows: number }[] {
  const rejected = Object.entries(evidence.rejected).map(([reason, rows]) => ({
    name: `rejected: ${reason}`,
    rows,
  }));
  return [
    { name: "written", rows: evidence.written },
    ...rejected,
    { name: "outside the day", rows: evidence.outside },
    { name: "unconfigured points", rows: evidence.unconfigured },
    { name: "duplicates", rows: evidence.duplicates },
  ];
}

/** Whether the counts add up to the fetched rows, and those from hot storage: only then is the evidence valid. */
export function addsUp(evidence: Evidence): boolean {
  const all = evidence.fetched + (evidence.from_hot ?? 0);
  return countsOf(evidence).reduce((sum, { rows }) => sum + rows, 0) === all;
}
