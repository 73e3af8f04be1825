import type { BackfillClient, EtlClient, QueryClient } from "../../client/client.ts";
import { EXIT } from "../../terminal/terminal.ts";
import { checkBackfill } from "./check-backfill.ts";
import { checkEtl, checkHot, checkShared } from "./check-etl.ts";
import { checkProxy } from "./check-proxy.ts";
import { checkArchive, checkQuery } from "./check-query.ts";
import { exitCodeOf, type Finding, ok } from "./finding.ts";

export { etlUnknown } from "./check-etl.ts";
export { exitCodeOf, type Finding, findingLines } from "./finding.ts";

/** Before the first backfill no site is known; the Query Worker responds for any site name. */
const ANY_SITE = "doctor";

/**
 * All checks of the Workers, one after another; where the ETL Sync Worker is not known, the finding of that. The door of
 * this folder.
 */
export async function* checks(
  backfill: BackfillClient,
  query: QueryClient,
  etl: EtlClient | Finding,
): AsyncGenerator<readonly Finding[]> {
  yield [ok(`Node ${process.version} on this machine`)];
  const clients = [backfill, query, ...("worker" in etl ? [etl] : [])];
  yield clients.flatMap(({ worker }) => checkProxy(worker));
  const { findings, status, responds } = await checkBackfill(backfill);
  yield findings;
  const queryFindings = await checkQuery(query, status?.sites[0]?.site ?? ANY_SITE);
  yield queryFindings;
  const isQueryWell = exitCodeOf(queryFindings) === EXIT.done;
  if (status && isQueryWell) yield await checkArchive(backfill, query, status);
  if (!("worker" in etl)) return yield [etl];
  const sync = await checkEtl(etl);
  yield sync.findings;
  if (!sync.status) return;
  if (responds) yield await checkShared(backfill, etl, sync.status);
  if (isQueryWell) yield await checkHot(query, sync.status);
}
