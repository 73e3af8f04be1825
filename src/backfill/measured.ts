import type { Status } from "../contract/backfill.ts";
import type { Metrics } from "../contract/metrics.ts";
import type { EpochMs } from "../domain/day.ts";
import type { Reports } from "./decide-job.ts";

/** Of every site that was ever told a job: one that is left out of the present job has not undone what it did. */
export function metricsOf(
  status: Status | undefined,
  reports: Reports,
  permitsLastMinute: number | undefined,
  at: EpochMs,
): Metrics {
  const totals = [...reports].flatMap(([site, report]) => (report.totals ? [[site, report.totals]] : []));
  return { at, status, totals: Object.fromEntries(totals), permitsLastMinute };
}
