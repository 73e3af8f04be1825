import { LOCAL_BACKFILL_API_KEY, LOCAL_ETL_API_KEY, LOCAL_QUERY_API_KEY } from "../../client/client.ts";
import { secretOf } from "../../src/domain/variables.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";

/** The tokens that callers of the Workers send. */
export interface WorkerKeys {
  readonly backfill: string;
  readonly query: string;
  readonly etl: string;
}

/** No secrets, because the Workers listen on this machine only. */
export const LOCAL_KEYS: WorkerKeys = {
  backfill: LOCAL_BACKFILL_API_KEY,
  query: LOCAL_QUERY_API_KEY,
  etl: LOCAL_ETL_API_KEY,
};

const KEY_VARIABLES = { backfill: "BACKFILL_API_KEY", query: "QUERY_API_KEY", etl: "ETL_API_KEY" } as const;

type Env = Readonly<Record<string, string | undefined>>;

/** The local keys, but for those that are in the environment. Throws `CommandError` (usage) for one that can't be sent. */
export function workerKeys(env: Env): WorkerKeys {
  return { backfill: keyOf(env, "backfill"), query: keyOf(env, "query"), etl: keyOf(env, "etl") };
}

function keyOf(env: Env, worker: keyof WorkerKeys): string {
  const key = secretOf(env, KEY_VARIABLES[worker]);
  if (!/[^\x21-\x7e]/.test(key)) return key || LOCAL_KEYS[worker];
  throw new CommandError(
    `The key in ${KEY_VARIABLES[worker]} has spaces or characters that an HTTP header can't contain.`,
    "Set another key, or none: then the local one is used.",
    { exitCode: EXIT.usage },
  );
}

/** How a user names a key in a shell or a form: the key where it is no secret, otherwise its variable. */
export function shownKey(keys: WorkerKeys, worker: keyof WorkerKeys): string {
  return keys[worker] === LOCAL_KEYS[worker] ? LOCAL_KEYS[worker] : `$${KEY_VARIABLES[worker]}`;
}
