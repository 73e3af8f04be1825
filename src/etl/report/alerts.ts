/** Conditions of a site's sync that need an operator. Pure. */
import type { SiteSync, SyncAlert } from "../../contract/etl.ts";
import { ALERT_DATABASE_PERCENT, ALERT_LAG_MINUTES, DATABASE_BYTES_MAX } from "../../domain/sync-limits.ts";

/** Attempts on a due day after which somebody is told; a day that hot storage has to keep is told of at once. */
const ALERT_DUE_FAILURES = 2;

/** An alert that has been raised is cleared at this share of its bound, so that it does not flap. */
const CLEARED_AT = 0.8;

interface Condition {
  readonly alert: SyncAlert["alert"];
  readonly site: string | null;
  readonly day: string | null;
  readonly value: number;
  readonly threshold: number;
  readonly message: string;
}

export interface AlertFacts {
  readonly report: Omit<SiteSync, "alerts">;
  /** Of the whole database; undefined for all sites but the first, so that one object tells of it. */
  readonly databaseBytes: number | undefined;
  readonly isDatabaseFull: boolean;
  /** Days that stay in hot storage until an operator acts. */
  readonly daysKept: readonly string[];
}

/** The alerts of a site: those that are raised at `now`, and those of `before` that are not cleared yet. */
export function alertsAt(facts: AlertFacts, before: readonly SyncAlert[], now: string): SyncAlert[] {
  return conditionsOf(facts).flatMap((condition) => {
    const raised = before.find((alert) => isSame(alert, condition));
    const bound = raised ? condition.threshold * CLEARED_AT : condition.threshold;
    return condition.value > bound ? [{ ...condition, since: raised?.since ?? now }] : [];
  });
}

export function isSame(a: Pick<Condition, "alert" | "day">, b: Pick<Condition, "alert" | "day">): boolean {
  return a.alert === b.alert && a.day === b.day;
}

function conditionsOf({ report, databaseBytes, isDatabaseFull, daysKept }: AlertFacts): Condition[] {
  const { site, lag_seconds: lag, due_days: due } = report;
  const conditions: Condition[] = due.map(({ date, reason, failures, error }) => ({
    ...{ alert: "roll_over_failing", site, day: date, value: failures },
    threshold: daysKept.includes(date) ? 0 : ALERT_DUE_FAILURES,
    message: `${site}: ${date} can't be ${reason === "archive" ? "archived" : "rolled over"}: ${error ?? ""}`,
  }));
  if (lag !== null) {
    const value = Math.floor(lag / 60);
    const message = `${site}: the newest samples in hot storage are ${value} minutes old`;
    conditions.push({ alert: "sync_lag", site, day: null, value, threshold: ALERT_LAG_MINUTES, message });
  }
  if (isDatabaseFull || databaseBytes !== undefined) {
    const value = isDatabaseFull ? 100 : Math.round((100 * (databaseBytes ?? 0)) / DATABASE_BYTES_MAX);
    const message = isDatabaseFull
      ? "D1 is full and takes no samples: they are archived from the API. Lower HOT_DAYS or move a site"
      : `D1 is at ${value} % of its largest size: lower HOT_DAYS or move a site`;
    const site = isDatabaseFull ? report.site : null;
    conditions.push({
      alert: "database_full",
      site,
      day: null,
      value,
      threshold: ALERT_DATABASE_PERCENT,
      message,
    });
  }
  return conditions;
}
