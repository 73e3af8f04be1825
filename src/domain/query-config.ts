import { QUERY_SECRETS } from "./config.ts";
import type { ConfigResult } from "./config-parse.ts";
import { type Env, Variables } from "./variables.ts";

/** The Query Worker's variables, parsed and within their bounds. */
export interface QueryConfig {
  /** Samples younger than this are looked for in the hot tier. */
  readonly hotDays: number;
  readonly allowedOrigins: readonly string[];
}

/** The documented split; more than a year can only be a slip of the hand. */
const HOT_DAYS = { standard: 20, min: 1, max: 366 } as const;

/** As `parseConfig`: every fault at once, each with variable, value and what is allowed; no secret is shown. */
export function parseQueryConfig(env: Env): ConfigResult<QueryConfig> {
  const variables = new Variables(env, QUERY_SECRETS);
  const config: QueryConfig = {
    hotDays: variables.integer("HOT_DAYS", HOT_DAYS),
    allowedOrigins: variables.origins("ALLOWED_ORIGINS"),
  };
  const { faults } = variables;
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}
