/** The Backfill Worker's variables and secrets, and the names of every Worker's secrets. */
import { z } from "zod";
import { RATE_LIMITS_KEPT } from "./limits.ts";
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

/** Set with `wrangler secret put`; without either of them no protected route can do its work. */
export const SECRETS = ["BACKFILL_API_KEY", "ACE_API_KEY"] as const;

/** The Query Worker's secrets: the token that its callers send. */
export const QUERY_SECRETS = ["QUERY_API_KEY"] as const;

/** The ETL Sync Worker's secrets: the token that a trigger needs, and the key of the API. */
export const ETL_SECRETS = ["ETL_API_KEY", "ACE_API_KEY"] as const;

/** A secret of any Worker. */
export type SecretName = (typeof SECRETS | typeof QUERY_SECRETS | typeof ETL_SECRETS)[number];

/** The Coordinator asks every site at least once a minute; beyond this a minute is not enough. */
export const SITES_MAX = 100;

/** The vendor's closed enum, up to the largest page that fits `BODY_BYTES_MAX`. */
export const PAGE_SIZES = [3, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000] as const;

/**
 * The variables of a Worker that requests the API: the Backfill Worker's and the ETL Sync Worker's. Defaults are the
 * documented ones; values beyond the bounds can only be slips. An empty variable counts as unset.
 */
export const API_VARIABLES = {
  ACE_API_BASE: apiBase(),
  SITE_NAME: siteNames(SITES_MAX),
  ACE_TIMEOUT_MS: integer({ standard: 30_000, min: 100, max: 600_000 }),
  REQUESTS_PER_MINUTE: integer({ standard: 50, min: 1, max: 60_000 }),
  PAGE_SIZE: choice(PAGE_SIZES, 50_000),
  MAX_RETRIES: integer({ standard: 3, min: 0, max: 20 }),
  RETRY_BASE_DELAY_MS: integer({ standard: 2_000, min: 0, max: 60_000 }),
  POINTS: oneOf("configured", "all"),
  VALUE_WORDS: addedWords(),
  ALLOWED_ORIGINS: origins(),
  // May be set as a secret, for its path can be secret.
  ALERT_WEBHOOK_URL: webhookUrl(),
} as const;

export function apiSettings(variables: z.output<z.ZodObject<typeof API_VARIABLES>>) {
  return {
    aceApiBase: variables.ACE_API_BASE,
    sites: variables.SITE_NAME,
    aceTimeoutMs: variables.ACE_TIMEOUT_MS,
    requestsPerMinute: variables.REQUESTS_PER_MINUTE,
    pageSize: variables.PAGE_SIZE,
    maxRetries: variables.MAX_RETRIES,
    retryBaseDelayMs: variables.RETRY_BASE_DELAY_MS,
    /** Whose samples are kept: those of the configured points, or all that the API sends. */
    points: variables.POINTS,
    /** Words that mean numbers, beside those that are built in. */
    valueWords: variables.VALUE_WORDS,
    allowedOrigins: variables.ALLOWED_ORIGINS,
    /** The address that alerts are sent to, null for none. Never logged or shown. */
    alertWebhookUrl: variables.ALERT_WEBHOOK_URL,
  };
}

/** The longest hot time: more than a year can only be a slip. */
export const HOT_DAYS_MAX = 366;

/** Days that stay in hot storage, the documented 20: the ETL Sync and the Query Worker have to agree. */
export const hotDays = () => integer({ standard: 20, min: 1, max: HOT_DAYS_MAX });

const backfillVariables = z
  .object({
    ...API_VARIABLES,
    MAX_DAYS_PER_REQUEST: integer({ standard: 10, min: 1, max: 1_000 }),
    // An alarm may run 15 minutes; ten leave room for the work that runs when the budget ends.
    PROCESS_TIMEOUT_MS: integer({ standard: 60_000, min: 1_000, max: 600_000 }),
    // Every group is an entry in the footer, which is in memory whole: at 1,000 rows some 2 MB for the documented day.
    ROW_GROUP_SIZE: integer({ standard: 10_000, min: 1_000, max: 100_000 }),
    // An alert is raised beyond its bound.
    ALERT_STUCK_HOURS: integer({ standard: 2, min: 1, max: 720 }),
    ALERT_FAILED_PERCENT: integer({ standard: 10, min: 0, max: 100 }),
    ALERT_UPLOAD_FAILURES: integer({ standard: 5, min: 0, max: 1_000 }),
    // A single site must be able to pass it.
    ALERT_RATE_LIMITS_PER_HOUR: integer({ standard: 10, min: 0, max: RATE_LIMITS_KEPT - 1 }),
  })
  .transform((variables) => ({
    ...apiSettings(variables),
    maxDaysPerRequest: variables.MAX_DAYS_PER_REQUEST,
    processTimeoutMs: variables.PROCESS_TIMEOUT_MS,
    rowGroupSize: variables.ROW_GROUP_SIZE,
    alertStuckHours: variables.ALERT_STUCK_HOURS,
    alertFailedPercent: variables.ALERT_FAILED_PERCENT,
    alertUploadFailures: variables.ALERT_UPLOAD_FAILURES,
    alertRateLimitsPerHour: variables.ALERT_RATE_LIMITS_PER_HOUR,
  }));

/** The Backfill Worker's variables, parsed and within their bounds. */
export type Config = Readonly<z.output<typeof backfillVariables>>;

/** Parses the Backfill Worker's variables as `parseVariables` does. */
export function parseConfig(env: Env): ConfigResult<Config> {
  return parseVariables(backfillVariables, env, [...SECRETS, "ALERT_WEBHOOK_URL"]);
}
