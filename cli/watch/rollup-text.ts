import type { RollupCounts, RollupView, Status } from "../../src/contract/backfill.ts";
import { counted, formatCount } from "../../terminal/terminal.ts";

/** How far a site's roll-ups are: "350 of 366 days by the hour, 335 raw; making 2024-Q4". */
export function rollupText({ current_period, hourly, raw, state, last_error }: RollupView): string {
  const progress = `${progressText(hourly)} by the hour, ${progressText(raw)} raw`;
  const now = current_period && state === "running" ? `making ${current_period}` : "";
  return [progress, now, last_error ?? ""].filter(Boolean).join("; ");
}

const progressText = ({ days_held, days_lacking }: RollupCounts) =>
  days_lacking === 0
    ? counted(days_held, "day")
    : `${formatCount(days_held)} of ${counted(days_held + days_lacking, "day")}`;

/** The roll-ups of each site that has archived days, for the status. */
export function rollupSummaryLines({ sites }: Pick<Status, "sites">): string[] {
  return sites.flatMap(({ site, rollups }) =>
    rollups && rollups.hourly.days_held + rollups.hourly.days_lacking > 0
      ? [`roll-ups of ${site}: ${rollupText(rollups)}`]
      : [],
  );
}
