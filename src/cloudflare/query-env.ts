import { logAs } from "./console-log.ts";

/** Bindings and secrets of the Query Worker; its variables are read by `parseQueryConfig`. */
export interface QueryEnv {
  readonly R2: R2Bucket;
  readonly D1: D1Database;
  readonly QUERY_API_KEY?: string;
}

export const queryLog = logAs("[QUERY]");
