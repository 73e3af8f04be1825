import type { Status } from "../../contract/backfill.ts";
import type { Metrics } from "../../contract/metrics.ts";
import type { EpochMs } from "../../domain/day.ts";
import type { Reports } from "../job/job.ts";

/** Includes the totals of sites that the present job leaves out, so that no counter falls. */
export function metricsOf(
  status: Status | undefined,
  reports: Reports,
  permitsLastMinute: number | undefined,
  at: EpochMs,
): Metrics {
  const totals = [...reports].flatMap(([site, report]) => (report.totals ? [[site, report.totals]] : []));
  return { at, status, totals: Object.fromEntries(totals), permitsLastMinute };
}
