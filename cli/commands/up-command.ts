import { resolve } from "node:path";
import { BACKFILL_PORT, ETL_PORT, QUERY_PORT, SIMULATOR_PORT } from "../../client/client.ts";
import { CommandError, EXIT } from "../../terminal/terminal.ts";
import { count, port } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, print } from "../output.ts";

export const addUp: AddCommand = (program, cli) => {
  program
    .command("up")
    .description("run the Workers on this machine until Ctrl-C, with a simulated API or a real one")
    .option("--api <url>", "the real API to read, with its key in ACE_API_KEY (default: a simulated one)")
    .option("--sites <names>", "the sites of the real API, separated by commas")
    .option("--rate <n>", "requests a minute at most (default: 50; of the simulated API 300)", count)
    .option("--state <dir>", "folder that keeps what was fetched (default: one in this checkout)")
    .option("--port <n>", "port of the Backfill Worker; another one if it is taken", port, BACKFILL_PORT)
    .option("--simulator-port <n>", "port of the simulated API", port, SIMULATOR_PORT)
    .option("--query-port <n>", "port of the Query Worker", port, QUERY_PORT)
    .option("--etl-port <n>", "port of the ETL Sync Worker", port, ETL_PORT)
    .option("--fresh", "delete what was fetched before")
    .option("--quiet", "do not print the Workers' logs")
    .addHelpText(
      "after",
      `
Without --url the other commands use this stack. npm start does the same.

The Workers' own keys are those in BACKFILL_API_KEY, QUERY_API_KEY and ETL_API_KEY; without them they are local ones,
which are printed. The Workers listen on this machine only.

Examples:
  npx bv-backfill up --fresh
  ACE_API_KEY=… npx bv-backfill up --api https://flightdeck.aceiot.cloud/api --sites ses_falls_city`,
    )
    .action(async (options: UpOptions) => {
      const { api, sites } = options;
      if (api === undefined && sites !== undefined) {
        throw new CommandError("--sites names sites of a real API, but there is no --api.", WITH_API, {
          exitCode: EXIT.usage,
        });
      }
      // Loaded only here: wrangler and the simulator take a while to load, and no other command needs them.
      const { bringUp } = await import("../../local/stack/stack.ts");
      await bringUp(
        {
          workerPort: options.port,
          simulatorPort: options.simulatorPort,
          queryPort: options.queryPort,
          etlPort: options.etlPort,
          api: api === undefined ? undefined : { base: api, sites },
          requestsPerMinute: options.rate,
          statePath: options.state === undefined ? undefined : fromUserFolder(options.state),
          env: process.env,
          fresh: options.fresh ?? false,
          onLine: options.quiet ? () => undefined : note,
          print,
        },
        cli.run,
      );
      // Runs until a signal; the servers keep the process alive.
      await new Promise(() => {});
    });
};

const WITH_API = "Name the API's address with --api, or leave --sites out to use the simulated API.";

/** A path relative to where the user typed it; npm runs scripts in the project's folder. */
const fromUserFolder = (path: string) => resolve(process.env.INIT_CWD ?? ".", path);

interface UpOptions {
  readonly api?: string;
  readonly sites?: string;
  readonly rate?: number;
  readonly state?: string;
  readonly port: number;
  readonly simulatorPort: number;
  readonly queryPort: number;
  readonly etlPort: number;
  readonly fresh?: true;
  readonly quiet?: true;
}
