import { announceStack, LOCAL_BACKFILL_API_KEY, LOCAL_QUERY_API_KEY } from "../../client/client.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { BUILDINGS } from "./buildings.ts";
import { freePort } from "./free-port.ts";
import { type Stack, startStack } from "./start-stack.ts";
import { claimStateDir } from "./state-dir.ts";

export interface BringUpOptions {
  /** Preferred ports; a free port is used instead of one that is taken. */
  readonly workerPort: number;
  readonly simulatorPort: number;
  readonly queryPort: number;
  /** Deletes what was backfilled before. */
  readonly fresh: boolean;
  /** Called with each line of wrangler and the Workers, once they have started. */
  readonly onLine: (line: string) => void;
  readonly print: (line: string) => void;
}

/** Slow enough to watch and to cancel: a month of both sites takes some minutes. */
const REQUESTS_PER_MINUTE = 300;

/** Starts the simulator and both Workers, which run until the run ends, and prints how to use them. */
export async function bringUp(options: BringUpOptions, run: CommandRun): Promise<void> {
  const { onLine, print } = options;
  // Before the ports, which another stack of this checkout would have taken.
  const state = claimStateDir("start", options.fresh, run);
  const chosen: number[] = [];
  const portFor = async (preferred: number, server: string) => {
    const { port, reason } = await freePort(preferred, chosen);
    if (reason !== undefined) print(`Port ${preferred} for the ${server} ${reason}; using ${port}.`);
    chosen.push(port);
    return port;
  };
  const workerPort = await portFor(options.workerPort, "Backfill Worker");
  const simulatorPort = await portFor(options.simulatorPort, "simulator");
  const queryPort = await portFor(options.queryPort, "Query Worker");
  print("Starting the simulated ACE API and both Workers on workerd …");
  let up = false;
  const stack = await startStack(
    {
      state,
      sites: BUILDINGS,
      requestsPerMinute: REQUESTS_PER_MINUTE,
      workerPort,
      simulatorPort,
      queryPort,
      onLine: (line) => {
        if (up) onLine(line);
      },
    },
    run,
  );
  up = true;
  run.onEnd(announceStack({ backfillUrl: stack.worker.url, queryUrl: stack.queryWorker.url }));
  print(instructions(stack, state.shown));
}

function instructions({ simulator, worker, queryWorker }: Stack, state: string): string {
  const [site = ""] = BUILDINGS.map(({ name }) => name);
  return `
Simulated API    ${simulator.api}
Backfill Worker  ${worker.url}  (state: ${state})
Query Worker     ${queryWorker.url}
Dashboard        ${worker.url}/dashboard/
                 key: ${LOCAL_BACKFILL_API_KEY}, and in its explorer ${LOCAL_QUERY_API_KEY}

In another terminal, in this checkout:

npx bv-backfill start 2024-01-01 2024-01-31 --watch
npx bv-backfill cancel
npx bv-backfill days
npx bv-backfill query ses/${site}/weather/temp --site ${site} --from 2024-01-01 --to 2024-01-07 --chart
npx bv-backfill doctor

The same over HTTP:

curl ${worker.url}/backfill/status
curl -H "Authorization: Bearer ${LOCAL_QUERY_API_KEY}" "${queryWorker.url}/timeseries/points?site_name=${site}&date=2024-01-01"

Ctrl-C stops everything; the backfill resumes at the next start.
`;
}
