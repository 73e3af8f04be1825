import {
  BackfillClient,
  LOCAL_ACE_API_KEY,
  LOCAL_BACKFILL_API_KEY,
  LOCAL_QUERY_API_KEY,
  QueryClient,
} from "../../client/client.ts";
import type { SimulatorOptions, SiteOptions } from "../../simulator/options.ts";
import { type Simulator, startSimulator } from "../../simulator/server/server.ts";
import { CommandError, type CommandRun } from "../../terminal/terminal.ts";
import { freePort } from "./free-port.ts";
import type { StateDir } from "./state-dir.ts";
import { createHotTables } from "./stored-state.ts";
import { startWorker, type WorkerOptions, type WorkerProcess } from "./worker-process.ts";

export interface StackOptions {
  readonly state: StateDir;
  readonly sites: readonly SiteOptions[];
  /** 0: any free port. */
  readonly simulatorPort?: number;
  readonly workerPort?: number;
  readonly queryPort?: number;
  readonly requestsPerMinute: number;
  /** Called with each line of wrangler and the Workers. */
  readonly onLine?: (line: string) => void;
}

export interface Stack {
  readonly simulator: Simulator;
  readonly worker: WorkerProcess;
  readonly client: BackfillClient;
  /** The Query Worker, which reads the same R2. */
  readonly queryWorker: WorkerProcess;
  readonly query: QueryClient;
}

/** Starts the simulated API and both Workers on workerd; all of them stop when the run ends. */
export async function startStack(options: StackOptions, run: CommandRun): Promise<Stack> {
  const simulator = await openSimulator({
    sites: options.sites,
    key: LOCAL_ACE_API_KEY,
    port: options.simulatorPort ?? 0,
  });
  run.onEnd(() => simulator.close());
  // Chosen before either starts: the Query Worker must allow the origin of the dashboard, which the Backfill Worker serves.
  const workerPort = options.workerPort || (await freePort(0)).port;
  const [worker, queryWorker] = await Promise.all([
    openWorker("Backfill", backfillWorker(options, workerPort, simulator), options, run),
    openQueryWorker(options, workerPort, run),
  ]);
  return {
    simulator,
    worker,
    client: new BackfillClient(worker.url, LOCAL_BACKFILL_API_KEY),
    queryWorker,
    query: new QueryClient(queryWorker.url, LOCAL_QUERY_API_KEY),
  };
}

async function openSimulator(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    if (!taken) throw cause;
    throw new CommandError(
      `Port ${options.port} for the simulator is taken.`,
      "Run the command again: it uses another port.",
      { cause },
    );
  }
}

type WorkerChoice = Pick<WorkerOptions, "toml" | "port" | "vars">;

function backfillWorker(options: StackOptions, port: number, simulator: Simulator): WorkerChoice {
  return {
    port,
    vars: {
      ACE_API_BASE: simulator.api,
      ACE_API_KEY: LOCAL_ACE_API_KEY,
      BACKFILL_API_KEY: LOCAL_BACKFILL_API_KEY,
      SITE_NAME: options.sites.map((site) => site.name).join(","),
      REQUESTS_PER_MINUTE: String(options.requestsPerMinute),
      PAGE_SIZE: "50000",
    },
  };
}

async function openQueryWorker(
  options: StackOptions,
  workerPort: number,
  run: CommandRun,
): Promise<WorkerProcess> {
  await createHotTables(options.state.path);
  const port = options.queryPort ?? 0;
  const vars = {
    QUERY_API_KEY: LOCAL_QUERY_API_KEY,
    ALLOWED_ORIGINS: dashboardOrigins(workerPort).join(","),
  };
  return openWorker("Query", { toml: "wrangler-query.toml", port, vars }, options, run);
}

/** Both names of the dashboard's address in a browser on this machine. */
const dashboardOrigins = (port: number) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`];

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
