/** All ports of the rules: those to the world, and those of the objects to each other. */
import type { SiteName } from "../domain/site.ts";
import type {
  AuditRequest,
  Desired,
  DueTrack,
  RollupRange,
  RollupsToMake,
  SiteAnswer,
  SiteJob,
  SiteQuery,
  SiteReport,
} from "./job/job.ts";

export type * from "../ports/archive.ts";
export type * from "../ports/ports.ts";

/** The job that the Coordinator wants now, by what identifies it; no backfill and epoch 0 before the first. */
export interface CurrentJob {
  readonly backfillId: string | undefined;
  readonly epoch: number;
  readonly desired: Desired;
  /** Absent in answers of a version without due days. */
  readonly due?: DueTrack;
}

/** The Coordinator, as a site calls it. */
export interface CoordinatorPeer {
  /** The newest desired state, as committed. */
  current(): Promise<CurrentJob>;
  /** The site's state has changed in a way that the Coordinator should learn at once; may be lost. */
  notify(site: SiteName): Promise<void>;
}

/** A site, as the Coordinator calls it. */
export interface SitePeer {
  /** Takes the job over, idempotently. Ignores a lower epoch, and an equal one of another backfill. The report is committed. */
  apply(job: SiteJob): Promise<SiteReport>;
  /** Takes `due` over where it is newer than what the site knows; committed with the report. */
  report(due?: DueTrack): Promise<SiteReport>;
  read(query: SiteQuery): Promise<SiteAnswer>;
  audit(request: AuditRequest): Promise<"started" | "audit-running">;
  /** Has the roll-ups of the range made that are missing or lack days. Repeating it changes nothing. */
  makeRollups(range: RollupRange): Promise<RollupsToMake>;
}
