import { BACKFILL_PORT, QUERY_PORT, SIMULATOR_PORT } from "../../client/client.ts";
import { port } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, print } from "../output.ts";

export const addUp: AddCommand = (program, cli) => {
  program
    .command("up")
    .description("run both Workers and a simulated API on this machine, until Ctrl-C")
    .option("--port <n>", "port of the Backfill Worker; another one if it is taken", port, BACKFILL_PORT)
    .option("--simulator-port <n>", "port of the simulated API", port, SIMULATOR_PORT)
    .option("--query-port <n>", "port of the Query Worker", port, QUERY_PORT)
    .option("--fresh", "delete what was backfilled before")
    .option("--quiet", "do not print the Workers' logs")
    .addHelpText(
      "after",
      `
Without --url the other commands use this stack. npm start does the same.

Example:
  npx bv-backfill up --fresh`,
    )
    .action(async (options: UpOptions) => {
      // Loaded only here: wrangler and the simulator take a while to load, and no other command needs them.
      const { bringUp } = await import("../../local/stack/stack.ts");
      await bringUp(
        {
          workerPort: options.port,
          simulatorPort: options.simulatorPort,
          queryPort: options.queryPort,
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

interface UpOptions {
  readonly port: number;
  readonly simulatorPort: number;
  readonly queryPort: number;
  readonly fresh?: true;
  readonly quiet?: true;
}
