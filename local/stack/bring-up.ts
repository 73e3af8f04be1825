import { announceStack } from "../../client/client.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { type NamedApi, realApi, type StackApi, simulatedApi } from "./api.ts";
import { BUILDINGS } from "./buildings.ts";
import { reportFirstSync } from "./first-sync.ts";
import { freePort } from "./free-port.ts";
import { type Stack, startStack } from "./start-stack.ts";
import { claimStateDir, SIMULATED, type StateDir } from "./state-dir.ts";
import { shownKey, type WorkerKeys, workerKeys } from "./worker-keys.ts";

export interface BringUpOptions {
  /** Preferred ports; a free port is used instead of one that is taken. */
  readonly workerPort: number;
  readonly simulatorPort: number;
  readonly queryPort: number;
  readonly etlPort: number;
  /** A real API; the simulated one without it. */
  readonly api?: NamedApi | undefined;
  readonly requestsPerMinute?: number | undefined;
  /** The state directory; default: one in the checkout, for the real API another than for the simulated one. */
  readonly statePath?: string | undefined;
  /** Deletes what was fetched before. */
  readonly fresh: boolean;
  /** Has the keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each line of wrangler and the Workers, once they have started. */
  readonly onLine: (line: string) => void;
  readonly print: (line: string) => void;
}

/** Slow enough to watch and to cancel: a month of both sites takes some minutes. */
const SIMULATED_REQUESTS_PER_MINUTE = 300;
/** The limit of the real API. */
const REAL_REQUESTS_PER_MINUTE = 50;

/** Starts the Workers, and the simulated API where no other is named, until the run ends, and prints how to use them. */
export async function bringUp(options: BringUpOptions, run: CommandRun): Promise<void> {
  const { api: named, onLine, print, env, fresh, statePath } = options;
  const requestsPerMinute =
    options.requestsPerMinute ?? (named ? REAL_REQUESTS_PER_MINUTE : SIMULATED_REQUESTS_PER_MINUTE);
  const keys = workerKeys(env);
  const real = named && realApi(named, requestsPerMinute, env);
  // Before the ports, which another stack of this checkout would have taken.
  const state = claimStateDir(
    { name: real ? "api" : "start", path: statePath, api: real?.base ?? SIMULATED, fresh },
    run,
  );
  const chosen: number[] = [];
  const portFor = async (preferred: number, server: string) => {
    // Any port is chosen when the server starts: one that is chosen earlier may be taken by then.
    if (preferred === 0) return 0;
    const { port, reason } = await freePort(preferred, chosen);
    if (reason !== undefined) print(`Port ${preferred} for the ${server} ${reason}; using ${port}.`);
    chosen.push(port);
    return port;
  };
  const workerPort = await portFor(options.workerPort, "Backfill Worker");
  const queryPort = await portFor(options.queryPort, "Query Worker");
  const etlPort = await portFor(options.etlPort, "ETL Sync Worker");
  const simulate = async () => {
    const port = await portFor(options.simulatorPort, "simulator");
    return simulatedApi({ sites: BUILDINGS, port, present: true }, run);
  };
  print(`Starting ${real ? "" : "the simulated ACE API and "}the three Workers on workerd …`);
  const api = real ?? (await simulate());
  let up = false;
  const stack = await startStack(
    {
      state,
      api,
      keys,
      requestsPerMinute,
      workerPort,
      queryPort,
      etlPort,
      onLine: (line) => {
        if (up) onLine(line);
      },
    },
    run,
  );
  up = true;
  const urls = {
    backfillUrl: stack.worker.url,
    queryUrl: stack.queryWorker.url,
    etlUrl: stack.etlWorker.url,
  };
  run.onEnd(announceStack(urls));
  print(instructions(stack, api, keys, state));
  void reportFirstSync(stack.etl, api.sites, print, run.signal);
}

function instructions(
  { worker, queryWorker, etlWorker }: Stack,
  api: StackApi,
  keys: WorkerKeys,
  state: StateDir,
): string {
  const [site = ""] = api.sites;
  const [backfillKey, queryKey] = [shownKey(keys, "backfill"), shownKey(keys, "query")];
  return `
API              ${api.base}
Backfill Worker  ${worker.url}  (state: ${state.shown})
Query Worker     ${queryWorker.url}
ETL Sync Worker  ${etlWorker.url}
Dashboard        ${worker.url}/dashboard/
                 key: ${backfillKey}, and in its explorer ${queryKey}

In another terminal, in this checkout:

npx bv-backfill sync
npx bv-backfill query "*/weather/temp" --site ${site} --from today --chart
npx bv-backfill start 7d yesterday --watch
npx bv-backfill cancel
npx bv-backfill days
npx bv-backfill query "*/weather/temp" --site ${site} --from 7d --to today --chart
npx bv-backfill doctor

The same over HTTP:

curl ${worker.url}/backfill/status
curl ${etlWorker.url}/status
curl -H "Authorization: Bearer ${queryKey}" "${queryWorker.url}/timeseries/sites"

Ctrl-C stops everything; the next start goes on where this one ended.
`;
}
