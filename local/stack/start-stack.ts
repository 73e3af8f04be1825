import { BackfillClient, EtlClient, QueryClient } from "../../client/client.ts";
import { CommandError, type CommandRun } from "../../terminal/terminal.ts";
import {
  fireCrons,
  forgetWorkers,
  startWorker,
  type WorkerOptions,
  type WorkerProcess,
} from "../worker/worker.ts";
import type { StackApi } from "./api.ts";
import { onPort } from "./free-port.ts";
import type { StateDir } from "./state-dir.ts";
import { createHotTables } from "./stored-state.ts";
import { LOCAL_KEYS, type WorkerKeys } from "./worker-keys.ts";

export interface StackOptions {
  readonly state: StateDir;
  readonly api: StackApi;
  /** Default: the local ones, which are no secrets. */
  readonly keys?: WorkerKeys;
  /** 0: any free port. */
  readonly workerPort?: number;
  readonly queryPort?: number;
  readonly etlPort?: number;
  readonly requestsPerMinute: number;
  /** Hours before now at which the first sync begins; default: that of the Worker. */
  readonly firstSyncHours?: number;
  /** Called with each line of wrangler and the Workers. */
  readonly onLine?: (line: string) => void;
}

export interface Stack {
  readonly worker: WorkerProcess;
  readonly client: BackfillClient;
  /** The Query Worker, which reads the same R2 and D1. */
  readonly queryWorker: WorkerProcess;
  readonly query: QueryClient;
  /** The ETL Sync Worker, which keeps the newest days in D1. */
  readonly etlWorker: WorkerProcess;
  readonly etl: EtlClient;
}

/** Starts the Workers on workerd, which stop when the run ends. */
export async function startStack(options: StackOptions, run: CommandRun): Promise<Stack> {
  const { keys = LOCAL_KEYS } = options;
  forgetWorkers(options.state.path);
  await createHotTables(options.state.path);
  // One port before any Worker starts: the others must allow the origin of the dashboard, which the Backfill Worker serves.
  const [worker, queryWorker, etlWorker] = await onPort(options.workerPort ?? 0, (port) =>
    startWorkers(options, keys, port, run),
  );
  fireCrons([worker.url, etlWorker.url], run);
  return {
    worker,
    client: new BackfillClient(worker.url, keys.backfill),
    queryWorker,
    query: new QueryClient(queryWorker.url, keys.query),
    etlWorker,
    etl: new EtlClient(etlWorker.url, keys.etl),
  };
}

/** Starts the Workers at the same time: all of them, or none. */
async function startWorkers(
  options: StackOptions,
  keys: WorkerKeys,
  workerPort: number,
  run: CommandRun,
): Promise<[WorkerProcess, WorkerProcess, WorkerProcess]> {
  const open = (name: string, choice: WorkerChoice) => openWorker(name, choice, options, run);
  const opening = [
    open("Backfill", backfillWorkerOf(options, keys, workerPort)),
    open("Query", queryWorkerOf(options, keys, workerPort)),
    open("ETL Sync", etlWorkerOf(options, keys, workerPort)),
  ] as const;
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const started of await Promise.allSettled(opening))
      if (started.status === "fulfilled") await started.value.stop();
    throw error;
  }
}

type WorkerChoice = Pick<WorkerOptions, "toml" | "port" | "vars" | "secrets">;

function backfillWorkerOf(options: StackOptions, keys: WorkerKeys, port: number): WorkerChoice {
  return {
    port,
    vars: { ...apiVars(options), PAGE_SIZE: "50000" },
    secrets: { ACE_API_KEY: options.api.key, BACKFILL_API_KEY: keys.backfill },
  };
}

function queryWorkerOf({ queryPort = 0 }: StackOptions, keys: WorkerKeys, workerPort: number): WorkerChoice {
  return {
    toml: "wrangler-query.toml",
    port: queryPort,
    vars: { ALLOWED_ORIGINS: dashboardOrigins(workerPort) },
    secrets: { QUERY_API_KEY: keys.query },
  };
}

function etlWorkerOf(options: StackOptions, keys: WorkerKeys, workerPort: number): WorkerChoice {
  const { api, firstSyncHours, etlPort = 0 } = options;
  return {
    toml: "wrangler-etl.toml",
    port: etlPort,
    vars: {
      ...apiVars(options),
      ALLOWED_ORIGINS: dashboardOrigins(workerPort),
      ...(firstSyncHours === undefined ? {} : { FIRST_SYNC_HOURS: String(firstSyncHours) }),
    },
    secrets: { ACE_API_KEY: api.key, ETL_API_KEY: keys.etl },
  };
}

/** Variables of both Workers that send requests to the API. */
const apiVars = ({ api, requestsPerMinute }: StackOptions) => ({
  ACE_API_BASE: api.base,
  SITE_NAME: api.sites.join(","),
  REQUESTS_PER_MINUTE: String(requestsPerMinute),
});

/** Both names of the dashboard's address in a browser on this machine. */
const dashboardOrigins = (port: number) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`].join(",");

async function openWorker(
  name: string,
  choice: WorkerChoice,
  { state, onLine }: StackOptions,
  run: CommandRun,
): Promise<WorkerProcess> {
  try {
    const common = { stateDir: state.path, signal: run.signal, ...(onLine ? { onLine } : {}) };
    const worker = await startWorker({ ...common, ...choice });
    run.onEnd(() => worker.stop());
    return worker;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`The ${name} Worker did not start. ${reason}`, startAdvice(reason), { cause });
  }
}

/** What to do when a Worker did not start, by what wrangler printed. */
export function startAdvice(reason: string): string {
  if (/address already in use/i.test(reason)) {
    return "Another program has just taken the port. Run the command again: it uses another port.";
  }
  if (/\bE(ACCES|PERM|ROFS)\b/.test(reason)) {
    return "Make the folder of the checkout writable for this user, or use a checkout of your own.";
  }
  if (/\bENOSPC\b/.test(reason)) return "Free some disk space, and run the command again.";
  return (
    "If packages are missing, run: npm install. If the state can't be read, run the command once with --fresh.\n" +
    "If it was not ready in time, the machine is busy: run the command again."
  );
}
