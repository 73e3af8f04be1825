import { type DayView, type Evidence, exampleChars } from "../../../contract/backfill.ts";
import { addDays, daysBetween, daysOf, type UtcDay } from "../../../domain/day.ts";
import type { DayEvidence } from "../../../domain/evidence.ts";
import { dayKey, objectKey } from "../../../domain/layout.ts";
import type { SiteName } from "../../../domain/site.ts";
import { DAY_TTL_S } from "../../../object/outbox/outbox.ts";
import type { DaysQuery } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { type DayState, phaseOfDay, statusOfDay } from "./day-state.ts";
import { type DayHistory, dayHistory } from "./day-table.ts";
import { listedDays } from "./due-days.ts";
import { knownDays, stateOfDay } from "./known-days.ts";
import { getState, type LedgerContext } from "./site-state.ts";

/**
 * The first `limit` days of the range as HTTP shows them; without a range, of the days of the job, those that are due, and the ledger. A day
 * whose examples of dropped rows exceed what is left of `exampleCharsMax` is shown without them.
 */
export function dayViews(sql: Sql, site: SiteName, query: DaysQuery): DayView[] {
  const { from, to, limit } = query;
  const known = knownDays(sql, from ?? "", to ?? "9999");
  const latest = getState(sql, "job");
  const job = latest?.leftOut ? undefined : latest;
  const days =
    from && to
      ? firstDaysOf(from, to, limit)
      : [
          ...new Set([
            ...known.keys(),
            ...(job ? daysOf(job.startDate, job.endDate) : []),
            ...listedDays(sql).map(({ date }) => date),
          ]),
        ].sort();
  return days
    .filter((day) => (!from || day >= from) && (!to || day <= to))
    .slice(0, limit)
    .map((day) => {
      const inJob = job !== undefined && day >= job.startDate && day <= job.endDate;
      const view = dayView(site, day, dayHistory(sql, day), known.get(day)?.state ?? PENDING);
      return { ...view, requested: inJob || known.has(day) };
    })
    .map(boundExamples(query.exampleCharsMax));
}

/** Removes the examples of a day's evidence where those of all days before leave no room for them. */
export function boundExamples(charsMax: number): (view: DayView) => DayView {
  let charsLeft = charsMax;
  return (view) => {
    if (!view.evidence) return view;
    const chars = exampleChars(view.evidence);
    if (chars <= charsLeft) {
      charsLeft -= chars;
      return view;
    }
    const { rejected_examples: _, unconfigured_names: __, ...evidence } = view.evidence;
    return { ...view, evidence };
  };
}

const PENDING: DayState = { kind: "pending", earlier: undefined };

/** A client may name millions of days: only those of the response are listed. */
function firstDaysOf(from: UtcDay, to: UtcDay, limit: number): UtcDay[] {
  return daysOf(from, daysBetween(from, to) < limit ? to : addDays(from, limit - 1));
}

function dayView(
  site: SiteName,
  day: UtcDay,
  history: DayHistory,
  state: DayState,
): Omit<DayView, "requested"> {
  const { published, verification, failure, attempts } = history;
  return {
    date: day,
    site,
    status: statusOfDay(state),
    records: published?.records ?? null,
    r2_path: published ? objectKey(site, day) : null,
    completed_at: published ? iso(published.completedAt) : null,
    ...(published && published.sha256 === undefined ? { unverified: true } : {}),
    verification: verification ? { mode: verification.mode, at: iso(verification.at) } : null,
    evidence: published?.evidence ? evidenceView(published.evidence) : null,
    phase: phaseOfDay(state) ?? null,
    attempts,
    failure: failure ? { reason: failure.reason, message: failure.message, at: iso(failure.at) } : null,
  };
}

/** Enqueues the day's state for KV. To be called in each transaction that may change it. */
export function showDay(context: LedgerContext, sql: Sql, date: UtcDay): void {
  const entry = dayEntry(context.site, date, dayHistory(sql, date), stateOfDay(sql, date));
  context.outbox.enqueue(sql, dayKey(date, context.site), entry, DAY_TTL_S, "transition");
}

function dayEntry(site: SiteName, date: UtcDay, { published, failure }: DayHistory, state: DayState) {
  const status = statusOfDay(state);
  switch (status) {
    case "completed":
    case "empty":
      if (!published) throw new Error(`${date} is ${status} and has no object`);
      return {
        status,
        records: published.records,
        r2_path: objectKey(site, date),
        completed_at: iso(published.completedAt),
        bytes: published.bytes,
        sha256: published.sha256,
      };
    case "failed":
      if (!failure) throw new Error(`${date} is failed and has no failure`);
      return { status, error: failure.message, failed_at: iso(failure.at) };
    case "pending":
    case "running":
      return { status };
    default:
      return status satisfies never;
  }
}

/** The evidence as HTTP shows it. A day that an earlier version has fetched has no examples. */
function evidenceView(evidence: DayEvidence): Evidence {
  const { dropped } = evidence.transport;
  return {
    ...evidenceCounts(evidence),
    ...(dropped && {
      rejected_examples: dropped.rejectedExamples.map(({ point, ...rest }) => ({
        point_name: point,
        ...rest,
      })),
      unconfigured_names: [...dropped.unconfiguredNames],
    }),
  };
}

export function evidenceCounts({ content, transport, duplicates }: DayEvidence) {
  return {
    written: content.written,
    points: content.points,
    first_timestamp: content.firstTimestamp,
    last_timestamp: content.lastTimestamp,
    bytes: content.bytes,
    sha256: content.sha256,
    pages: transport.pages,
    requests: transport.requests,
    retries: transport.retries,
    fetched: transport.fetched,
    ...(transport.fromHot !== undefined && { from_hot: transport.fromHot }),
    rejected: { ...transport.rejected },
    outside: transport.outside,
    unconfigured: transport.unconfigured,
    duplicates,
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
