import {
  BACKFILL_PORT,
  LOCAL_BACKFILL_API_KEY,
  LOCAL_QUERY_API_KEY,
  localUrl,
  QUERY_PORT,
} from "../../client/client.ts";
import type { CommandRun } from "../../terminal/terminal.ts";
import { BUILDING, BUILDINGS } from "../demo/scenario.ts";
import { freePort } from "./port.ts";
import { type Stack, startStack } from "./stack.ts";
import { claimStateDir } from "./state-dir.ts";

export interface StandingOptions {
  /** Wanted; another free one where it is taken. */
  readonly workerPort: number;
  readonly simulatorPort: number;
  readonly queryPort: number;
  /** Forget what was backfilled before. */
  readonly fresh: boolean;
  /** Lines of wrangler and the Workers, once they stand. */
  readonly onLine: (line: string) => void;
  readonly say: (line: string) => void;
}

/** Slow enough to look at and to cancel: a month of both sites takes some minutes. */
const REQUESTS_PER_MINUTE = 300;

/** Starts the simulator and both Workers, which stay up until the run ends, and says how to steer them. */
export async function standUp(options: StandingOptions, run: CommandRun): Promise<void> {
  const { onLine, say } = options;
  const portOr = async (wanted: number, of: string) => {
    const port = await freePort(wanted);
    if (wanted !== 0 && port !== wanted) say(`Port ${wanted} of the ${of} is taken: ${port} in its place.`);
    return port;
  };
  const workerPort = await portOr(options.workerPort, "Backfill Worker");
  const simulatorPort = await portOr(options.simulatorPort, "simulator");
  const queryPort = await portOr(options.queryPort, "Query Worker");
  const state = claimStateDir("start", options.fresh, run);
  say("Starting the ACE simulator and both Workers on workerd …");
  let up = false;
  const stack = await startStack(
    {
      state,
      sites: BUILDINGS.map((name) => ({ name, ...BUILDING })),
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
  say(howToSteer(stack, state.shown));
}

function howToSteer({ simulator, worker, queryWorker }: Stack, state: string): string {
  const [site] = BUILDINGS;
  const moved = worker.url !== localUrl(BACKFILL_PORT) || queryWorker.url !== localUrl(QUERY_PORT);
  return `
ACE simulator    ${simulator.api}
Backfill Worker  ${worker.url}  (state: ${state})
Query Worker     ${queryWorker.url}
Dashboard        ${worker.url}/dashboard/
                 tokens: ${LOCAL_BACKFILL_API_KEY}, and in its explorer ${LOCAL_QUERY_API_KEY}

In another terminal:
${moved ? `\nexport BACKFILL_URL=${worker.url} QUERY_URL=${queryWorker.url}` : ""}
npx backfill start 2024-01-01 2024-01-31 --watch
npx backfill cancel
npx backfill days
npx backfill query ses/${site}/weather/temp --site ${site} --from 2024-01-01 --to 2024-01-07 --chart
npx backfill doctor

The same over HTTP:

curl ${worker.url}/backfill/status
curl -H "Authorization: Bearer ${LOCAL_QUERY_API_KEY}" "${queryWorker.url}/timeseries/points?site_name=${site}&date=2024-01-01"

Ctrl-C ends them; the next start goes on where they were.
`;
}
