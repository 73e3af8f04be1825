import type { Status } from "../../../src/contract/backfill.ts";
import type { UtcDay } from "../../../src/domain/day.ts";
import type { DaysByDate } from "../calendar/calendar.tsx";
import { counted, integer } from "../formatting.ts";
import type { SiteDay } from "../ranges.ts";

/** The list stays short; the calendar shows all failed days. */
const LISTED_MAX = 50;

interface FailedDaysProps {
  readonly status: Status | undefined;
  readonly days: ReadonlyMap<string, DaysByDate>;
  onRetryAll(): void;
  onOpen(siteDay: SiteDay): void;
}

export function FailedDays({ status, days, onRetryAll, onOpen }: FailedDaysProps) {
  const failed = failedDays(days);
  if (failed.length === 0) return null;
  const outside = failed.filter(({ siteDay }) => !isRetriable(siteDay, status)).length;
  return (
    <section aria-labelledby="failed">
      <div class="heading">
        <h2 id="failed">
          Failed site-days <small>{integer(failed.length)}</small>
        </h2>
        {outside < failed.length && (
          <button type="button" onClick={onRetryAll}>
            {outside > 0 ? "Retry those of the latest backfill" : "Retry all"}
          </button>
        )}
      </div>
      {outside > 0 && (
        <p class="hint">
          {counted(outside, "site-day")} of earlier backfills: to fetch one again, open it, or plan a backfill
          of it.
        </p>
      )}
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

/** Whether a retry can fetch the day again: the latest backfill has it. Any other day needs a start of its own. */
export function isRetriable({ site, day }: SiteDay, status: Status | undefined): boolean {
  if (!status || day < status.start_date || day > status.end_date) return false;
  return status.sites.some((view) => view.site === site);
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
