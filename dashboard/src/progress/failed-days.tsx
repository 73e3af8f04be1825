import type { UtcDay } from "../../../src/domain/day.ts";
import type { DaysByDate } from "../calendar/calendar.tsx";
import { integer } from "../formatting.ts";
import type { SiteDay } from "../ranges.ts";

/** The list stays short; the calendar shows all failed days. */
const LISTED_MAX = 50;

interface FailedDaysProps {
  readonly days: ReadonlyMap<string, DaysByDate>;
  onRetryAll(): void;
  onOpen(siteDay: SiteDay): void;
}

export function FailedDays({ days, onRetryAll, onOpen }: FailedDaysProps) {
  const failed = failedDays(days);
  if (failed.length === 0) return null;
  return (
    <section aria-labelledby="failed">
      <div class="heading">
        <h2 id="failed">
          Failed site-days <small>{integer(failed.length)}</small>
        </h2>
        <button type="button" onClick={onRetryAll}>
          Retry all
        </button>
      </div>
      <ul class="failed">
        {failed.slice(0, LISTED_MAX).map(({ siteDay, reason }) => (
          <li key={`${siteDay.site} ${siteDay.day}`}>
            <button type="button" class="link-like" onClick={() => onOpen(siteDay)}>
              {siteDay.site} {siteDay.day}
            </button>{" "}
            <span class="reason">{reason}</span>
          </li>
        ))}
      </ul>
      {failed.length > LISTED_MAX && (
        <p class="hint">The first {LISTED_MAX} are listed; the calendar shows all.</p>
      )}
    </section>
  );
}

interface FailedDay {
  readonly siteDay: SiteDay;
  readonly reason: string;
}

/** Every failed day with its reason, by day, then site. */
export function failedDays(days: ReadonlyMap<string, DaysByDate>): FailedDay[] {
  const failed: FailedDay[] = [];
  for (const [site, known] of days) {
    for (const day of known.values()) {
      if (day.status !== "failed") continue;
      const { reason = "unknown", message = "" } = day.failure ?? {};
      failed.push({
        siteDay: { site, day: day.date as UtcDay },
        reason: message === "" ? reason : `${reason}: ${message}`,
      });
    }
  }
  return failed.sort(
    (a, b) => compare(a.siteDay.day, b.siteDay.day) || compare(a.siteDay.site, b.siteDay.site),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
