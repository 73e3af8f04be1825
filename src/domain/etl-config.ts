/** The ETL Sync Worker's variables, with what depends on several of them. */
import { z } from "zod";
import { ETL_SECRETS, PAGE_SIZES, SITES_MAX } from "./config.ts";
import { addedWords } from "./value-words.ts";
import {
  apiBase,
  type ConfigResult,
  choice,
  type Env,
  integer,
  oneOf,
  origins,
  parseVariables,
  siteNames,
  webhookUrl,
} from "./variables.ts";

/** The time within which a sample that the API shows is in hot storage: a sync every five minutes, and a minute of it. */
export const SYNC_PROMISE_MINUTES = 6;

/** Requests of a site's dearest sync: the two newest windows, and the four of an hour that is read again. */
const SYNC_REQUESTS_MAX = 6;

/** The share of the permits that live calls have in any case; the others may go to a backfill. */
const LIVE_SHARE = 0.5;

/** The longest hot time: a year, as in the Query Worker. */
const HOT_DAYS_MAX = 366;
const HOURS_MAX = HOT_DAYS_MAX * 24;

const etlVariables = z
  .object({
    ACE_API_BASE: apiBase(),
    SITE_NAME: siteNames(SITES_MAX),
    HOT_DAYS: integer({ standard: 20, min: 1, max: HOT_DAYS_MAX }),
    FIRST_SYNC_HOURS: integer({ standard: 24, min: 1, max: HOURS_MAX }),
    ARCHIVE_AFTER_HOURS: integer({ standard: 6, min: 1, max: HOURS_MAX }),
    SYNC_WEATHER: oneOf("false", "true"),
    POINTS: oneOf("configured", "all"),
    VALUE_WORDS: addedWords(),
    ACE_TIMEOUT_MS: integer({ standard: 30_000, min: 100, max: 600_000 }),
    MAX_RETRIES: integer({ standard: 3, min: 0, max: 20 }),
    RETRY_BASE_DELAY_MS: integer({ standard: 2_000, min: 0, max: 60_000 }),
    PAGE_SIZE: choice(PAGE_SIZES, 50_000),
    REQUESTS_PER_MINUTE: integer({ standard: 50, min: 1, max: 60_000 }),
    ALLOWED_ORIGINS: origins(),
    ALERT_WEBHOOK_URL: webhookUrl(),
  })
  .transform((variables) => ({
    aceApiBase: variables.ACE_API_BASE,
    sites: variables.SITE_NAME,
    /** Days that stay in hot storage. */
    hotDays: variables.HOT_DAYS,
    /** How far back a site's first sync begins. */
    firstSyncHours: variables.FIRST_SYNC_HOURS,
    /** Hours after the end of a day at which it is archived. */
    archiveAfterHours: variables.ARCHIVE_AFTER_HOURS,
    /** Whether a site's weather is read as well, as points `weather.*`. */
    syncWeather: variables.SYNC_WEATHER === "true",
    points: variables.POINTS,
    valueWords: variables.VALUE_WORDS,
    aceTimeoutMs: variables.ACE_TIMEOUT_MS,
    maxRetries: variables.MAX_RETRIES,
    retryBaseDelayMs: variables.RETRY_BASE_DELAY_MS,
    pageSize: variables.PAGE_SIZE,
    /** As the Backfill Worker has it, whose gate limits the requests; here only for a warning. */
    requestsPerMinute: variables.REQUESTS_PER_MINUTE,
    allowedOrigins: variables.ALLOWED_ORIGINS,
    /** The address that alerts are sent to, null for none. Never logged or shown. */
    alertWebhookUrl: variables.ALERT_WEBHOOK_URL,
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
