import type { UtcDay } from "../../../src/domain/day.ts";
import type { SiteDays } from "../calendar/days.ts";

/** The latest day of a site that holds samples: where a look at them begins. */
export function latestCompleted(days: SiteDays | undefined): UtcDay | undefined {
  let latest: string | undefined;
  for (const day of days?.values() ?? []) {
    if (day.status === "completed" && (latest === undefined || day.date > latest)) latest = day.date;
  }
  return latest as UtcDay | undefined;
}
