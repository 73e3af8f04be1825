import { type Env, Variables } from "./variables.ts";

/** Set with `wrangler secret put`; without it nobody may ask. */
export const QUERY_SECRETS = ["QUERY_API_KEY"] as const;

/** The Query Worker's variables, parsed and within their bounds. */
export interface QueryConfig {
  /** Samples younger than this are looked for in the hot tier. */
  readonly hotDays: number;
  readonly allowedOrigins: readonly string[];
}

export type QueryConfigResult =
  | { readonly ok: true; readonly config: QueryConfig }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The documented split; more than a year can only be a slip of the hand. */
const HOT_DAYS = { standard: 20, min: 1, max: 366 } as const;

/** As `parseConfig`: every fault at once, each with variable, value and what is allowed; no secret is shown. */
export function parseQueryConfig(env: Env): QueryConfigResult {
  const variables = new Variables(env, QUERY_SECRETS);
  const config: QueryConfig = {
    hotDays: variables.integer("HOT_DAYS", HOT_DAYS),
    allowedOrigins: variables.origins("ALLOWED_ORIGINS"),
  };
  const { faults } = variables;
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}
