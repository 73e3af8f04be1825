import type { SiteName } from "./site.ts";

/** Set with `wrangler secret put`; without either of them no protected route can do its work. */
export const SECRETS = ["BACKFILL_API_KEY", "ACE_API_KEY"] as const;

/** The Query Worker's: what its callers have to send. */
export const QUERY_SECRETS = ["QUERY_API_KEY"] as const;

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
}
