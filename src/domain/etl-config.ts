/** The ETL Sync Worker's variables, with what depends on several of them. */
import { z } from "zod";
import { API_VARIABLES, apiSettings, ETL_SECRETS, HOT_DAYS_MAX, hotDays } from "./config.ts";
import { type ConfigResult, type Env, integer, oneOf, parseVariables } from "./variables.ts";

/** The time within which a sample that the API shows is in hot storage: a sync every five minutes, and a minute of it. */
export const SYNC_PROMISE_MINUTES = 6;

/** Requests of a site's dearest sync: the two newest windows, and the four of an hour that is read again. */
const SYNC_REQUESTS_MAX = 6;

/** The share of the permits that live calls have in any case; the others may go to a backfill. */
const LIVE_SHARE = 0.5;

const HOURS_MAX = HOT_DAYS_MAX * 24;

const etlVariables = z
  .object({
    ...API_VARIABLES,
    HOT_DAYS: hotDays(),
    FIRST_SYNC_HOURS: integer({ standard: 24, min: 1, max: HOURS_MAX }),
    ARCHIVE_AFTER_HOURS: integer({ standard: 6, min: 1, max: HOURS_MAX }),
    SYNC_WEATHER: oneOf("false", "true"),
  })
  .transform((variables) => ({
    // Of these, requestsPerMinute is here only for a warning: the gate of the Backfill Worker limits the requests.
    ...apiSettings(variables),
    /** Days that stay in hot storage. */
    hotDays: variables.HOT_DAYS,
    /** How far back a site's first sync begins. */
    firstSyncHours: variables.FIRST_SYNC_HOURS,
    /** Hours after the end of a day at which it is archived. */
    archiveAfterHours: variables.ARCHIVE_AFTER_HOURS,
    /** Whether a site's weather is read as well, as points `weather.*`. */
    syncWeather: variables.SYNC_WEATHER === "true",
  }));

/** The ETL Sync Worker's variables, parsed and within their bounds. */
export type EtlConfig = Readonly<z.output<typeof etlVariables>>;

/** Parses the ETL Sync Worker's variables as `parseVariables` does; hours are checked against HOT_DAYS as well. */
export function parseEtlConfig(env: Env): ConfigResult<EtlConfig> {
  const parsed = parseVariables(etlVariables, env, [...ETL_SECRETS, "ALERT_WEBHOOK_URL"]);
  const faults = [...(parsed.ok ? [] : parsed.faults), ...hourFaults(env)];
  return parsed.ok && faults.length === 0 ? parsed : { ok: false, faults };
}

/** Hours beyond the hot days. Only for values that are valid by themselves, so that no variable is named twice. */
function hourFaults(env: Env): string[] {
  const { shape } = etlVariables.in;
  const hotDays = shape.HOT_DAYS.safeParse(env.HOT_DAYS).data;
  const hot = hotDays === undefined ? HOURS_MAX : hotDays * 24;
  return (["FIRST_SYNC_HOURS", "ARCHIVE_AFTER_HOURS"] as const).flatMap((name) => {
    const hours = shape[name].safeParse(env[name]).data;
    return hours !== undefined && hours > hot
      ? [`${name} is "${hours}"; it must be at most ${hot}, the hours of HOT_DAYS`]
      : [];
  });
}

/** Settings that work, but not as well as promised; each a sentence for an operator. */
export function etlWarnings({ sites, requestsPerMinute }: EtlConfig): string[] {
  const held = sitesWithinPromise(requestsPerMinute);
  if (sites.length <= held) return [];
  return [
    `${sites.length} sites are configured: at ${requestsPerMinute} requests a minute, samples are in hot storage within ${SYNC_PROMISE_MINUTES} minutes for up to ${held} sites. See lag_seconds of each site`,
  ];
}

/** How many sites are synced within the promise while a backfill takes its share: 25 at 50 requests a minute. */
export function sitesWithinPromise(requestsPerMinute: number): number {
  const requests = requestsPerMinute * LIVE_SHARE * SYNC_PROMISE_MINUTES;
  return Math.max(1, Math.floor(requests / SYNC_REQUESTS_MAX));
}
