import type { DueDayEntry, DueSite } from "../../../contract/backfill.ts";
import type { EpochMs } from "../../../domain/day.ts";
import type { SiteName } from "../../../domain/site.ts";
import { type SiteDue, UNDONE_DAYS_MAX } from "../../job/job.ts";
import type { Sql } from "../../ports.ts";
import { hasHotRows } from "../hot-rows/hot-rows.ts";
import { getState, listedDays, stagedDays, verifiedObjects, worksOnDue } from "../ledger/ledger.ts";
import { trackOf } from "../plan.ts";
import { type DueFacts, dueStateOf, isDone, type WorkingTracks } from "./due-state.ts";

/** The due days with what the ledger has of each, in order. */
export function dueFacts(sql: Sql): DueFacts[] {
  const listed = listedDays(sql);
  const [first, last] = [listed[0], listed.at(-1)];
  if (!first || !last) return [];
  const objects = verifiedObjects(sql, first.date, last.date);
  const staged = new Map(
    stagedDays(sql, first.date, last.date).map((day) => [
      day.date,
      { track: trackOf(day), createdAt: day.plan.createdAt, heldForUpload: day.heldForUpload },
    ]),
  );
  return listed.map((day) => ({
    ...day,
    published: objects.get(day.date),
    hotRowsWait: hasHotRows(sql, day.date),
    staged: staged.get(day.date),
  }));
}

/** The tracks that the site works for. While the ledger is being rebuilt neither moves, and both count. */
export function workingTracks(sql: Sql): WorkingTracks {
  const job = getState(sql, "job");
  const halted = getState(sql, "halt")?.round === job?.round;
  return { job: job?.desired === "run" && !halted, due: worksOnDue(sql) };
}

/** The due days as callers see them, in order. */
export function dueEntries(sql: Sql, now: EpochMs): DueDayEntry[] {
  const tracks = workingTracks(sql);
  return dueFacts(sql).map((day) => entryOf(day, tracks, now));
}

/** The site's account of its due days for the Coordinator. `lastHeartbeatAt`: of all its running work. */
export function dueReportOf(
  sql: Sql,
  site: SiteName,
  now: EpochMs,
  lastHeartbeatAt: EpochMs | undefined,
): SiteDue {
  const facts = dueFacts(sql);
  const undone = facts.filter((day) => !isDone(day)).slice(0, UNDONE_DAYS_MAX);
  const view = dueSiteOf(sql, site, facts, now);
  return {
    track: getState(sql, "dueTrack"),
    view,
    lastHeartbeatAt: view.current_date === null ? undefined : lastHeartbeatAt,
    undone: undone.map(({ date, failure, failures, fetchedSince, listedAt }) => ({
      ...{ date, failures, error: failure?.message ?? null },
      dueMs: Math.max(0, now - Math.max(listedAt, fetchedSince)),
    })),
  };
}

/** The due days of the site in figures. */
export const dueView = (sql: Sql, site: SiteName, now: EpochMs) => dueSiteOf(sql, site, dueFacts(sql), now);

function dueSiteOf(sql: Sql, site: SiteName, facts: readonly DueFacts[], now: EpochMs): DueSite {
  const tracks = workingTracks(sql);
  const states = facts.map((day) => dueStateOf(day, tracks, now));
  const current = tracks.due
    ? stagedDays(sql).find((day) => trackOf(day) === "due" && !day.heldForUpload)
    : undefined;
  const failures = facts.flatMap(({ failure }) => failure ?? []).sort((a, b) => b.at - a.at);
  return {
    site,
    days_total: facts.length,
    days_published: states.filter((state) => state === "published").length,
    days_failed: states.filter((state) => state === "failed").length,
    current_date: current?.date ?? null,
    phase: current?.phase ?? null,
    pages: current?.transport.pages ?? 0,
    last_error: failures[0]?.message ?? null,
    halt_reason: getState(sql, "dueHalt")?.reason ?? null,
  };
}

function entryOf(day: DueFacts, tracks: WorkingTracks, now: EpochMs): DueDayEntry {
  const { date, failure, failures, fetchedSince, listedAt, published, retryAt } = day;
  const state = dueStateOf(day, tracks, now);
  return {
    date,
    state,
    fetched_at: iso(published?.fetchedAt),
    records: published?.records ?? null,
    sha256: published?.sha256 ?? null,
    failures,
    error: failure?.message ?? null,
    retry_at: state === "failed" ? iso(retryAt) : null,
    fetched_since: isoOf(fetchedSince),
    listed_at: isoOf(listedAt),
  };
}

const iso = (ms: EpochMs | undefined) => (ms === undefined ? null : isoOf(ms));
const isoOf = (ms: EpochMs) => new Date(ms).toISOString();
