/** The job: what the Coordinator wants of its sites, how requests change it, and the status that it has. */
export type { JobToStart, StartDecision, Wanted } from "./decide-job.ts";
export {
  anyHalted,
  decideCancel,
  decideRetry,
  decideStart,
  isRunning,
  jobToStart,
  newBackfillId,
  raisedAbove,
  reopened,
  wantedBy,
} from "./decide-job.ts";
export * from "./job-types.ts";
export { estimatedDays, failedDays, jobReport, metricsOf, statusName, statusOf } from "./status.ts";
