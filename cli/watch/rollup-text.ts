import type { RollupView, Status } from "../../src/contract/backfill.ts";
import { counted, formatCount } from "../../terminal/terminal.ts";

/** How far a site's roll-ups are. */
export function rollupText({
  current_period,
  days_held,
  days_lacking,
  state,
  last_error,
}: RollupView): string {
  const progress = `${formatCount(days_held)} of ${counted(days_held + days_lacking, "day")}`;
  const now = current_period && state === "running" ? `making ${current_period}` : "";
  return [progress, now, last_error ?? ""].filter(Boolean).join("; ");
}

/** The roll-ups of each site that has archived days, for the status. */
export function rollupSummaryLines({ sites }: Pick<Status, "sites">): string[] {
  return sites.flatMap(({ site, rollups }) =>
    rollups && rollups.days_held + rollups.days_lacking > 0
      ? [`roll-ups of ${site}: ${rollupText(rollups)}`]
      : [],
  );
}
