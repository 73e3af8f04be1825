import type { SiteName } from "./site.ts";

/** The Worker's variables and secrets, parsed and within their bounds. */
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
