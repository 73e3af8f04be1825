import type {
  AuditView,
  DaySelection,
  DayView,
  DueDayEntry,
  DueSite,
  ErrorView,
  SiteRollups,
  SiteSummary,
  SiteView,
} from "../../contract/backfill.ts";
import type { SiteTotals } from "../../contract/metrics.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";

export type Desired = "run" | "stop";

/** A site's own account of its due days. */
export interface SiteDue {
  readonly track: DueTrack;
  readonly view: DueSite;
  /** The oldest of the last heartbeats of all running work; undefined while no due day is worked on. */
  readonly lastHeartbeatAt: EpochMs | undefined;
  /** The first days that are not done, in order; at most `UNDONE_DAYS_MAX`. */
  readonly undone: readonly UndoneDay[];
}

export const UNDONE_DAYS_MAX = 50;

/** A due day that is not done, for alerts. */
export interface UndoneDay {
  readonly date: string;
  readonly failures: number;
  readonly error: string | null;
  /** How long the day has been due. */
  readonly dueMs: number;
}

/** Whether the sites work on due days. The Coordinator owns it, and raises the epoch with every change. */
export interface DueTrack {
  readonly epoch: number;
  readonly paused: boolean;
}

/** The desired state of every site. The Coordinator owns it; each site keeps a copy of the newest. */
export interface Job {
  readonly backfillId: string;
  readonly startDate: UtcDay;
  readonly endDate: UtcDay;
  readonly sites: readonly SiteName[];
  readonly desired: Desired;
  /** Rises with every start, cancel and restart. It fences: work of a lower epoch is never committed. */
  readonly epoch: number;
  /** Only days that this backfill itself has published count, so that it fetches every day again. */
  readonly forced: boolean;
  /** Rises whenever failed days are retried; a failure of a lower round does not count. */
  readonly round: number;
  /** Failed days outside this selection stay failed in this round. */
  readonly retry: DaySelection;
  readonly startedAt: EpochMs;
  /** When the present run began; rates are computed from this run alone. */
  readonly resumedAt: EpochMs;
  /** When the job was cancelled, or was first found to have nothing left to do. */
  readonly endedAt: EpochMs | undefined;
}

/** The backfill that must have published a day for it to count; undefined where any verified day counts. */
export function requiredBackfillId(job: Pick<Job, "backfillId" | "forced">): string | undefined {
  return job.forced ? job.backfillId : undefined;
}

/** The job as one site gets it. `siteIndex` keeps error timestamps of different sites apart. */
export interface SiteJob extends Omit<Job, "sites" | "endedAt"> {
  readonly site: SiteName;
  readonly siteIndex: number;
  /** The job does not name the site: it is sent to stop what the site did before. */
  readonly leftOut?: true;
}

export function siteJob(job: Job, site: SiteName): SiteJob {
  const { sites, endedAt: _, ...rest } = job;
  const index = sites.indexOf(site);
  return { ...rest, site, siteIndex: Math.max(0, index), ...(index < 0 && { leftOut: true }) };
}

/** A site's own account; `backfillId`, `epoch` and `round` are those of the job that it has committed. */
export interface SiteReport {
  /** Undefined while the site has no job. */
  readonly backfillId: string | undefined;
  readonly epoch: number;
  readonly round: number;
  readonly lastProgressAt: EpochMs | undefined;
  /** Of the day that `view` names; undefined while none is staged. */
  readonly dayProgressAt: EpochMs | undefined;
  /** The oldest of the last heartbeats of all running work; undefined while none runs. */
  readonly lastHeartbeatAt: EpochMs | undefined;
  /** Failed uploads in a row. */
  readonly uploadFailures: number;
  /** Responses of 429, counted up to a bound far above any alert's. */
  readonly rateLimitsLastHour: number;
  /** Absent in reports of an earlier version. */
  readonly totals?: SiteTotals;
  /** Absent in reports of an earlier version. */
  readonly due?: SiteDue;
  readonly view: SiteView;
}

/** The newest report of each site. */
export type Reports = ReadonlyMap<SiteName, SiteReport>;

/** Every failed day, everywhere. */
export const RETRY_ALL: DaySelection = {};

export function isSelected(selection: DaySelection, site: SiteName, date: string): boolean {
  const { from = "", to = "9999", site: only = site } = selection;
  return site === only && date >= from && date <= to;
}

/** Whether the site has nothing left to do for this job until the next request. */
export function settled(report: SiteReport | undefined, job: Job): boolean {
  return (
    report?.backfillId === job.backfillId &&
    report.epoch === job.epoch &&
    report.round === job.round &&
    ["completed", "halted", "cancelled"].includes(report.view.state)
  );
}

/** The days of a site: at most `limit` between two days. */
export type DaysQuery = Omit<DaySelection, "site"> & {
  readonly kind: "days";
  readonly limit: number;
  /** The most characters of JSON that the examples of dropped rows may take, over all days of the answer. */
  readonly exampleCharsMax: number;
};

/** The errors of a site: at most `limit` between two days. */
export type ErrorsQuery = Omit<DaySelection, "site"> & { readonly kind: "errors"; readonly limit: number };

export type SiteQuery =
  | DaysQuery
  | ErrorsQuery
  | {
      readonly kind: "estimate";
      readonly from: UtcDay;
      readonly to: UtcDay;
      readonly requiredBackfillId: string | undefined;
    }
  | { readonly kind: "audit" | "archived" | "due" | "rollups" };

export interface SiteAnswer {
  readonly days?: DayView[];
  readonly errors?: ErrorView[];
  readonly estimate?: { daysToFetch: number; daysToSkip: number; meanPages: number | undefined };
  readonly audit?: AuditView | undefined;
  readonly archived?: Omit<SiteSummary, "site" | "state">;
  readonly due?: { readonly view: DueSite; readonly days: DueDayEntry[] };
  readonly rollups?: SiteRollups;
}

/** The quarters and months that roll-ups are to be made of: those that have one of these days. */
export type RollupRange = Omit<DaySelection, "site">;

/** What is to be made: quarters and months, and the days that come into their roll-ups. */
export interface RollupsToMake {
  readonly periods: number;
  readonly days: number;
}

export interface AuditRequest {
  readonly mode: "quick" | "full" | "rebuild";
  readonly from?: UtcDay | undefined;
  readonly to?: UtcDay | undefined;
  /** Percentage of the days that have an object; absent: all of them. */
  readonly samplePercent?: number | undefined;
}
