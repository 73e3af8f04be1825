import type { BackfillClient, QueryClient } from "../../client/client.ts";
import type { DayView, Status } from "../../src/contract/backfill.ts";
import { addDays, utcDayOf } from "../../src/domain/day.ts";
import { selectionQuery } from "../arguments.ts";
import { checkWorker } from "./check-worker.ts";
import { type Finding, fail, failureOf, ok } from "./finding.ts";

/** The largest value of `HOT_DAYS`: such a range has days of both storage tiers, whatever is configured. */
const BOTH_TIERS_DAYS = 365;

/** Checks the Query Worker over HTTP: its address, key, configuration, and both of its stores. */
export async function checkQuery(client: QueryClient, site: string): Promise<Finding[]> {
  const { findings, isRightWorker } = await checkWorker(client.worker);
  if (!isRightWorker) return [...findings];
  const today = utcDayOf(Date.now());
  try {
    await client.days(site, addDays(today, -BOTH_TIERS_DAYS), today);
    return [...findings, ok("Query Worker: the key is valid, and its R2 and D1 respond")];
  } catch (error) {
    return [...findings, failureOf(error)];
  }
}

/** Checks that the Query Worker finds the day that the Backfill Worker archived last, of the first site. */
export async function checkArchive(
  backfill: BackfillClient,
  query: QueryClient,
  status: Status,
): Promise<Finding[]> {
  const [{ site } = { site: undefined }] = status.sites;
  const range = { from: status.start_date, to: status.end_date, site };
  try {
    const last = (await backfill.days(selectionQuery(range))).findLast(isArchived);
    if (!last) return [];
    const label = `${last.date} of ${last.site}`;
    const [day] = (await query.days(last.site, last.date, last.date)).days;
    if (day?.state === "present" || day?.state === "empty") {
      return [ok(`${label}: archived by the Backfill Worker, and found by the Query Worker`)];
    }
    return [
      fail(
        `${label} is archived, but the Query Worker does not find it`,
        "Both wrangler-*.toml must name the same bucket. To check that the file exists: npx bv-backfill verify",
      ),
    ];
  } catch (error) {
    return [failureOf(error)];
  }
}

const isArchived = ({ status }: DayView) => status === "completed" || status === "empty";
