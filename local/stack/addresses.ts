/** Keys and ports of the stack on this machine: all of its servers listen on 127.0.0.1. */
export const ACE_API_KEY = "local-ace-key";
export const BACKFILL_API_KEY = "local-backfill-key";
export const QUERY_API_KEY = "local-query-key";

export const BACKFILL_PORT = 8787;
export const SIMULATOR_PORT = 8788;
export const QUERY_PORT = 8789;
