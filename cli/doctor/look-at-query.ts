import type { BackfillClient, QueryClient } from "../../client/client.ts";
import type { DayView, Status } from "../../src/contract/backfill.ts";
import type { DaysAnswer } from "../../src/contract/query.ts";
import { addDays, utcDayOf } from "../../src/domain/day.ts";
import { selectionQuery } from "../arguments.ts";
import { type Finding, fail, failOf, ok } from "./finding.ts";
import { lookAtWorker } from "./look-at-worker.ts";

/** Of `HOT_DAYS` at most: whatever is configured, such a range has days of both tiers. */
const BOTH_TIERS_DAYS = 365;

/** The Query Worker as it is seen over HTTP: itself, its key, and its storage by what it answers. */
export async function lookAtQuery(client: QueryClient, site: string): Promise<Finding[]> {
  const { findings, usable } = await lookAtWorker(client.worker);
  if (!usable) return [...findings];
  const today = utcDayOf(Date.now());
  try {
    await held(client, site, addDays(today, -BOTH_TIERS_DAYS), today);
    return [...findings, ok("Query Worker: the key is good, and its R2 and D1 answer")];
  } catch (fault) {
    return [...findings, failOf(fault)];
  }
}

/** Whether what the one has archived last, of its first site, is there for the other. */
export async function lookAtArchive(
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
    const [day] = (await held(query, last.site, last.date, last.date)).days;
    if (day?.state === "present" || day?.state === "empty") {
      return [ok(`${label}: archived by the one Worker, and found by the other`)];
    }
    return [
      fail(
        `${label} is archived, and the Query Worker does not find it`,
        "Both tomls must name the same bucket; whether the file is there is said by: npx backfill verify",
      ),
    ];
  } catch (fault) {
    return [failOf(fault)];
  }
}

const isArchived = ({ status }: DayView) => status === "completed" || status === "empty";

function held(client: QueryClient, site: string, from: string, to: string): Promise<DaysAnswer> {
  const parameters = [
    ["site_name", site],
    ["from", from],
    ["to", to],
  ] as const;
  return client.get<DaysAnswer>("/timeseries/days", parameters, "days");
}
