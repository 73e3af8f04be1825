import { counted, integer } from "../formatting.ts";

interface ProgressBarProps {
  /** For screen readers: whose progress it is. */
  readonly label: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

/** Completed and failed site-days as parts of all: failed days have their own colour and pattern, and are not progress. */
export function ProgressBar({ label, total, completed, failed }: ProgressBarProps) {
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={completed}
      aria-valuetext={countText({ total, completed, failed })}
    >
      <span class="completed" style={{ width: share(completed, total) }} />
      {failed > 0 && <span class="failed-part" style={{ width: share(failed, total) }} />}
    </div>
  );
}

/** "3 of 4 site-days, 1 failed" */
export function countText({ total, completed, failed }: Omit<ProgressBarProps, "label">): string {
  const failures = failed > 0 ? `, ${integer(failed)} failed` : "";
  return `${integer(completed)} of ${counted(total, "site-day")}${failures}`;
}

const share = (part: number, total: number) => `${total > 0 ? (100 * part) / total : 0}%`;
