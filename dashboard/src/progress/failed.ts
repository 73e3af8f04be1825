import type { UtcDay } from "../../../src/domain/day.ts";
import type { Place, SiteDays } from "../calendar/days.ts";

export interface FailedDay {
  readonly place: Place;
  readonly reason: string;
}

/** Every failed day with its reason, in order of day, then site. */
export function failedDays(days: ReadonlyMap<string, SiteDays>): FailedDay[] {
  const failed: FailedDay[] = [];
  for (const [site, known] of days) {
    for (const day of known.values()) {
      if (day.status !== "failed") continue;
      const { reason = "unknown", message = "" } = day.failure ?? {};
      failed.push({
        place: { site, day: day.date as UtcDay },
        reason: message === "" ? reason : `${reason}: ${message}`,
      });
    }
  }
  return failed.sort((a, b) => compare(a.place.day, b.place.day) || compare(a.place.site, b.place.site));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
