/** All ports of the rules: those to the world, and those of the objects to each other. */
import type { SiteName } from "../domain/site.ts";
import type { AuditRequest, Desired, SiteAnswer, SiteJob, SiteQuery, SiteReport } from "./job.ts";

export type * from "../ports/alert-receiver.ts";
export type * from "../ports/archive.ts";
export type * from "../ports/ports.ts";

/** The job that the Coordinator wants now, by what identifies it; no backfill and epoch 0 before the first. */
export interface CurrentJob {
  readonly backfillId: string | undefined;
  readonly epoch: number;
  readonly desired: Desired;
}

/** The Coordinator, as a site sees it. */
export interface Head {
  /** The newest desired state, as committed. */
  current(): Promise<CurrentJob>;
  /** This site has news worth hearing at once; may be lost. */
  news(site: SiteName): Promise<void>;
}

/** A site, as the Coordinator sees it. */
export interface SitePeer {
  /** Obeys idempotently; a lower epoch is ignored, and an equal one of another backfill. What it answers is committed. */
  apply(job: SiteJob): Promise<SiteReport>;
  report(): Promise<SiteReport>;
  read(query: SiteQuery): Promise<SiteAnswer>;
  audit(request: AuditRequest): Promise<"started" | "audit-running">;
}
