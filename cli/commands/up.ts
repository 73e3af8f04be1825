import { BACKFILL_PORT, QUERY_PORT, SIMULATOR_PORT } from "../../client/client.ts";
import { port } from "../arguments.ts";
import type { AddCommand } from "../cli.ts";
import { note, say } from "../terminal.ts";

export const addUp: AddCommand = (program, cli) => {
  program
    .command("up")
    .description("both Workers and a simulator of the API on this machine, until Ctrl-C")
    .option("--port <n>", "of the Backfill Worker; another free one where it is taken", port, BACKFILL_PORT)
    .option("--simulator-port <n>", "of the simulator", port, SIMULATOR_PORT)
    .option("--query-port <n>", "of the Query Worker", port, QUERY_PORT)
    .option("--fresh", "forget what was backfilled before")
    .option("--quiet", "without the Workers' logs")
    .addHelpText(
      "after",
      `
The other commands find it where nothing else is said. It is what npm start does.

Example:
  npx backfill up --fresh`,
    )
    .action(async (options: UpOptions) => {
      // wrangler and the simulator are of no use to any other command, and take a while to load.
      const { bringUp } = await import("../../local/stack/stack.ts");
      await bringUp(
        {
          workerPort: options.port,
          simulatorPort: options.simulatorPort,
          queryPort: options.queryPort,
          fresh: options.fresh ?? false,
          onLine: options.quiet ? () => undefined : note,
          print: say,
        },
        cli.run,
      );
      // Until a signal; the servers keep the process alive.
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
