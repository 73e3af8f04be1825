/** Ports and API keys of the stack on this machine, whose servers listen on 127.0.0.1 only. */
export const BACKFILL_PORT = 8787;
export const SIMULATOR_PORT = 8788;
export const QUERY_PORT = 8789;
export const ETL_PORT = 8790;

export const LOCAL_ACE_API_KEY = "local-ace-key";
export const LOCAL_BACKFILL_API_KEY = "local-backfill-key";
export const LOCAL_QUERY_API_KEY = "local-query-key";
export const LOCAL_ETL_API_KEY = "local-etl-key";

/** Whether an address is on this machine. The keys of the local stack are not secret, and are valid only here. */
export const isLocal = (url: string) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);

/** The address of a server on this machine. */
export const localUrl = (port: number) => `http://127.0.0.1:${port}`;
