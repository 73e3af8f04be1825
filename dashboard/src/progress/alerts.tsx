import type { Alert, Status } from "../../../src/contract/backfill.ts";
import { instant } from "./figures.ts";

const NAMES: Readonly<Record<Alert["alert"], string>> = {
  backfill_stuck: "Stuck",
  high_error_rate: "Many days fail",
  upload_failures: "Uploads fail",
  rate_limit_exhaustion: "Rate limit exhausted",
};

/** What asks for a person. Read out when it comes, not whenever a count in it changes. */
export function Alerts({ status }: { status: Status | undefined }) {
  const silent = status?.sites_unreachable ?? [];
  const alerts = status?.alerts ?? [];
  return (
    <div class="alerts">
      {alerts.map((one) => (
        <p key={`${one.alert} ${one.site}`}>
          <strong role="alert">
            {NAMES[one.alert] ?? one.alert}
            {one.site && ` (${one.site})`}
          </strong>
          : {one.message} <span class="hint">since {instant(one.since)}</span>
        </p>
      ))}
      {silent.length > 0 && (
        <p>
          <strong role="alert">Out of date</strong>: {silent.join(", ")} can't be reached; what is said of{" "}
          {silent.length === 1 ? "it" : "them"} is old.
        </p>
      )}
    </div>
  );
}
