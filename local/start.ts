/** `npm start`: the simulator and both Workers stay up, to be steered by hand. */
import { parseArgs } from "node:util";
import { freePort } from "./port.ts";
import { runToEnd, Unable } from "./run.ts";
import { BUILDING, BUILDINGS } from "./scenario.ts";
import { BACKFILL_API_KEY, QUERY_API_KEY, startStack } from "./stack.ts";
import { claimStateDir } from "./state-dir.ts";

const HELP = `npm start -- [--port N] [--simulator-port N] [--query-port N] [--fresh] [--quiet]

  --port N            of the Backfill Worker, by default 8787; another free one where it is taken
  --simulator-port N  of the ACE simulator, by default 8788
  --query-port N      of the Query Worker, by default 8789
  --fresh             forget what was backfilled before
  --quiet             do not show the Workers' logs
`;

/** Slow enough to look at and to cancel: a month of both sites takes some minutes. */
const REQUESTS_PER_MINUTE = 300;

void runToEnd(async (run) => {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const workerPort = await portOr(values.port, "--port");
  const simulatorPort = await portOr(values["simulator-port"], "--simulator-port");
  const queryPort = await portOr(values["query-port"], "--query-port");
  const state = claimStateDir("start", values.fresh, run);
  console.log("Starting the ACE simulator and both Workers on workerd …");
  let up = false;
  const { simulator, worker, queryWorker } = await startStack(
    {
      state,
      sites: BUILDINGS.map((name) => ({ name, ...BUILDING })),
      requestsPerMinute: REQUESTS_PER_MINUTE,
      workerPort,
      simulatorPort,
      queryPort,
      onLine: (line) => {
        if (up && !values.quiet) console.log(line);
      },
    },
    run,
  );
  up = true;
  console.log(`
ACE simulator    ${simulator.api}
Backfill Worker  ${worker.url}  (state: ${state.shown})
Query Worker     ${queryWorker.url}
Dashboard        ${worker.url}/dashboard/
                 tokens: ${BACKFILL_API_KEY}, and in its explorer ${QUERY_API_KEY}

Start, look, cancel:

${curlLines(worker.url)}

What there is, and the points of a day:

${queryLines(queryWorker.url)}

Ctrl-C ends them; the next npm start goes on where they were.
`);
  // Until a signal; the servers keep the process alive.
  return new Promise<number>(() => {});
});

function curlLines(url: string): string {
  const token = `-H "Authorization: Bearer ${BACKFILL_API_KEY}"`;
  return `curl -X POST ${url}/backfill/start ${token} -H "Content-Type: application/json" -d '{"start_date":"2024-01-01","end_date":"2024-01-31"}'
curl ${url}/backfill/status
curl -X POST ${url}/backfill/cancel ${token}`;
}

function queryLines(url: string): string {
  const token = `-H "Authorization: Bearer ${QUERY_API_KEY}"`;
  const site = `site_name=${BUILDINGS[0]}`;
  return `curl ${token} "${url}/timeseries/days?${site}&from=2024-01-01&to=2024-01-31"
curl ${token} "${url}/timeseries/points?${site}&date=2024-01-01"`;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8787" },
        "simulator-port": { type: "string", default: "8788" },
        "query-port": { type: "string", default: "8789" },
        fresh: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (cause) {
    throw new Unable(cause instanceof Error ? cause.message : String(cause), HELP, { cause });
  }
}

async function portOr(text: string, option: string): Promise<number> {
  const wanted = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(wanted <= 65_535)) throw new Unable(`${option} ${text} is no port.`, HELP);
  const port = await freePort(wanted);
  if (wanted !== 0 && port !== wanted)
    console.log(`Port ${wanted} is taken: ${port} in its place (${option} N).`);
  return port;
}
