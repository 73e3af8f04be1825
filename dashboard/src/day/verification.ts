import type { AuditView, DayView } from "../../../src/contract/backfill.ts";
import { instant } from "../formatting.ts";

/** What is known of a day's file in R2 by verifications. */
export interface VerificationText {
  readonly tone: "ok" | "unknown" | "problem";
  readonly text: string;
}

/** What the last verification that has read the day's present file compared; undefined for a day without a file. */
export function verificationText(day: DayView | undefined): VerificationText | undefined {
  if (!day?.r2_path) return undefined;
  if (day.unverified)
    return {
      tone: "unknown",
      text:
        "Not verified: the file in R2 may differ from the one that a backfill published. " +
        "The next backfill that includes the day fetches it again.",
    };
  if (!day.verification) return { tone: "unknown", text: "Not verified yet." };
  const { mode, at } = day.verification;
  return {
    tone: "ok",
    text:
      mode === "full"
        ? `Every byte and row was read and is correct (${instant(at)}).`
        : `Size, hash and count are correct (${instant(at)}). The content was not read.`,
  };
}

/** What the site's last audit found wrong with the day, unless the day was published again since. */
export function problemText(day: DayView | undefined, audits: readonly AuditView[]): string | undefined {
  if (!day) return undefined;
  const audit = audits.find(({ site }) => site === day.site);
  const problem = audit?.problems.find(({ date }) => date === day.date)?.problem;
  const isOld = audit && day.completed_at !== null && day.completed_at > audit.started_at;
  if (!audit || problem === undefined || isOld) return undefined;
  return `The verification of ${instant(audit.started_at)} found a problem: ${problem}.`;
}

/** The site's audit while it runs, if its range includes the day. */
export function runningAudit(
  { site, date }: Pick<DayView, "site" | "date">,
  audits: readonly AuditView[],
): AuditView | undefined {
  return audits.find(
    (audit) =>
      audit.site === site &&
      audit.state === "running" &&
      (audit.from === null || audit.from <= date) &&
      (audit.to === null || audit.to >= date),
  );
}
