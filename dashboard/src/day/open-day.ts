import type { AuditView, ErrorView, Evidence } from "../../../src/contract/backfill.ts";
import type { Place } from "../calendar/days.ts";

/** The day that is looked at closely. */
export interface OpenDay {
  readonly place: Place | undefined;
  /** Newest first; undefined until they were heard, a text where they can't be read. */
  readonly errors: readonly ErrorView[] | string | undefined;
  /** The latest of every site. */
  readonly audits: readonly AuditView[];
}

export const CLOSED: OpenDay = { place: undefined, errors: undefined, audits: [] };

export function opened(place: Place, before: OpenDay): OpenDay {
  return { ...before, place, errors: undefined };
}

/** The audit that says something of the day, if the site's latest does. */
export function auditOf({ place, audits }: OpenDay): AuditView | undefined {
  return audits.find(
    (audit) =>
      audit.site === place?.site &&
      (audit.from === null || audit.from <= place.day) &&
      (audit.to === null || audit.to >= place.day),
  );
}

/** What became of the rows that the vendor sent: each part, in the order of the equation. */
export function rowsOf(evidence: Evidence): { readonly name: string; readonly rows: number }[] {
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

/** That the parts are the whole: a day for which this is not so is no evidence. */
export function addsUp(evidence: Evidence): boolean {
  return rowsOf(evidence).reduce((sum, { rows }) => sum + rows, 0) === evidence.fetched;
}
