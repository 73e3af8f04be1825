import { z } from "zod";
import { hotDays, QUERY_SECRETS } from "./config.ts";
import { type ConfigResult, type Env, origins, parseVariables } from "./variables.ts";

const queryVariables = z
  .object({
    HOT_DAYS: hotDays(),
    ALLOWED_ORIGINS: origins(),
  })
  .transform(({ HOT_DAYS, ALLOWED_ORIGINS }) => ({
    /** Samples younger than this are looked up in hot storage. */
    hotDays: HOT_DAYS,
    allowedOrigins: ALLOWED_ORIGINS,
  }));

/** The Query Worker's variables, parsed and within their bounds. */
export type QueryConfig = Readonly<z.output<typeof queryVariables>>;

/** Parses the Query Worker's variables as `parseVariables` does. */
export function parseQueryConfig(env: Env): ConfigResult<QueryConfig> {
  return parseVariables(queryVariables, env, QUERY_SECRETS);
}
