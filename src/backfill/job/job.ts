import type { AuditView, DayView, ErrorView, SiteView } from "../../contract/backfill.ts";
import type { SiteTotals } from "../../contract/metrics.ts";
import type { EpochMs, UtcDay } from "../../domain/day.ts";
import type { SiteName } from "../../domain/site.ts";

export type Desired = "run" | "stop";

/**
 * What is wanted of every site. Owned by the Coordinator; sites hold a copy and obey the newest.
 */
export interface Job {
  readonly backfillId: string;
  readonly startDate: UtcDay;
  readonly endDate: UtcDay;
  readonly sites: readonly SiteName[];
  readonly desired: Desired;
  /** Rises on every start, cancel and restart. Fences: work of a lower epoch is never committed. */
  readonly epoch: number;
  /** Only days that this very backfill has published count: a forced restart fetches every day again. */
  readonly forced: boolean;
  /** Rises whenever failed days get another chance; a failure of a lower round is history. */
  readonly round: number;
  /** Failed days outside of it stay failed in this round. */
  readonly retry: {
    readonly from: UtcDay | undefined;
    readonly to: UtcDay | undefined;
    readonly site: SiteName | undefined;
  };
  readonly startedAt: EpochMs;
  /** When the present run began: rates are reckoned from it alone. */
  readonly resumedAt: EpochMs;
  /** When it was cancelled, or was first seen to have nothing left to do. */
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
}

export function siteJob(job: Job, site: SiteName): SiteJob {
  const { sites, endedAt: _, ...rest } = job;
  return { ...rest, site, siteIndex: Math.max(0, sites.indexOf(site)) };
}

/** What a site says of itself; `backfillId`, `epoch` and `round` are those of the job it has committed. */
export interface SiteReport {
  /** Undefined while the site has no job. */
  readonly backfillId: string | undefined;
  readonly epoch: number;
  readonly round: number;
  readonly lastProgressAt: EpochMs | undefined;
  /** Of the day that `view` names; undefined while none is under way. */
  readonly dayProgressAt: EpochMs | undefined;
  /** The oldest last sign of life among what is in hand; undefined while nothing is. */
  readonly lastHeartbeatAt: EpochMs | undefined;
  /** In a row. */
  readonly uploadFailures: number;
  /** Answers of 429; not counted beyond a bound that is far over any alert's. */
  readonly rateLimitsLastHour: number;
  /** Absent from what an earlier version said. */
  readonly totals?: SiteTotals;
  readonly view: SiteView;
}

/** The newest report of each site. */
export type Reports = ReadonlyMap<SiteName, SiteReport>;

/** Every failed day, everywhere. */
export const RETRY_ALL: Job["retry"] = { from: undefined, to: undefined, site: undefined };

/** True once nothing is left to do for this job at the site, until somebody asks for more. */
export function settled(report: SiteReport, job: Job): boolean {
  const { state } = report.view;
  return (
    report.backfillId === job.backfillId &&
    report.epoch === job.epoch &&
    report.round === job.round &&
    (state === "completed" || state === "halted" || state === "cancelled")
  );
}

export type SiteQuery =
  | {
      readonly kind: "days" | "errors";
      readonly from: UtcDay | undefined;
      readonly to: UtcDay | undefined;
      readonly limit: number;
    }
  | {
      readonly kind: "estimate";
      readonly from: UtcDay;
      readonly to: UtcDay;
      readonly requiredBackfillId: string | undefined;
    }
  | { readonly kind: "audit" };

export interface SiteAnswer {
  readonly days?: DayView[];
  readonly errors?: ErrorView[];
  readonly estimate?: { daysToFetch: number; daysToSkip: number; meanPages: number | undefined };
  readonly audit?: AuditView | undefined;
}

export interface AuditRequest {
  readonly site: SiteName;
  readonly mode: "quick" | "full" | "rebuild";
  readonly from?: UtcDay | undefined;
  readonly to?: UtcDay | undefined;
  /** Of the days that have an object; all of them where absent. */
  readonly samplePercent?: number | undefined;
}
