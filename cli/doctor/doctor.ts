import type { BackfillClient, QueryClient } from "../../client/client.ts";
import { checkBackfill } from "./check-backfill.ts";
import { checkProxy } from "./check-proxy.ts";
import { checkArchive, checkQuery } from "./check-query.ts";
import { exitCodeOf, type Finding, ok } from "./finding.ts";

export { exitCodeOf, type Finding, findingLines } from "./finding.ts";

/** Before the first backfill no site is known; the Query Worker responds for any site name. */
const ANY_SITE = "doctor";

/** All checks of both Workers, one after another. The door of this folder. */
export async function* checks(
  backfill: BackfillClient,
  query: QueryClient,
): AsyncGenerator<readonly Finding[]> {
  yield [ok(`Node ${process.version} on this machine`)];
  yield [backfill.worker, query.worker].flatMap(checkProxy);
  const { findings, status } = await checkBackfill(backfill);
  yield findings;
  const queryFindings = await checkQuery(query, status?.sites[0]?.site ?? ANY_SITE);
  yield queryFindings;
  if (status && exitCodeOf(queryFindings) === 0) yield await checkArchive(backfill, query, status);
}
