import type { Alert, Status } from "../../../src/contract/backfill.ts";
import { AlertLine } from "../alert-line.tsx";

const NAMES: Readonly<Record<Alert["alert"], string>> = {
  backfill_stuck: "Stuck",
  high_error_rate: "Many days fail",
  upload_failures: "Uploads fail",
  rate_limit_exhaustion: "Rate limit exhausted",
  due_day_failing: "A due day is not archived",
};

/** Conditions that need an operator. */
export function Alerts({ status }: { status: Status | undefined }) {
  const unreachable = status?.sites_unreachable ?? [];
  return (
    <div class="alerts">
      {(status?.alerts ?? []).map(({ alert, ...shown }) => (
        <AlertLine key={`${alert} ${shown.site}`} name={NAMES[alert] ?? alert} {...shown} />
      ))}
      {unreachable.length > 0 && (
        <p>
          <strong role="alert">Out of date</strong>: no response from {unreachable.join(", ")}. The values
          shown are the last known.
        </p>
      )}
    </div>
  );
}
