import type { SiteName } from "./site.ts";

/** Set with `wrangler secret put`; without either of them no protected route can do its work. */
export const SECRETS = ["BACKFILL_API_KEY", "ACE_API_KEY"] as const;

/** The Query Worker's: what its callers have to send. */
export const QUERY_SECRETS = ["QUERY_API_KEY"] as const;

/** May be set as a secret, for its path can be one; it is none that has to be set. */
export const WEBHOOK_VARIABLE = "ALERT_WEBHOOK_URL";

/** A secret of any Worker. */
export type SecretName = (typeof SECRETS | typeof QUERY_SECRETS)[number];

/** The Worker's variables, parsed and within their bounds. */
export interface Config {
  readonly aceApiBase: string;
  readonly sites: readonly SiteName[];
  readonly maxDaysPerRequest: number;
  readonly processTimeoutMs: number;
  readonly aceTimeoutMs: number;
  readonly requestsPerMinute: number;
  readonly pageSize: number;
  readonly maxRetries: number;
  readonly retryBaseDelayMs: number;
  readonly rowGroupSize: number;
  readonly allowedOrigins: readonly string[];
  /** Alerts are raised beyond these. */
  readonly alertStuckHours: number;
  readonly alertFailedPercent: number;
  readonly alertUploadFailures: number;
  readonly alertRateLimitsPerHour: number;
  /** Who is told of alerts; null: nobody. Never logged or shown. */
  readonly alertWebhookUrl: string | null;
}
