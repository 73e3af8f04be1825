import type { Command } from "commander";
import { BackfillClient, QueryClient } from "../client/client.ts";
import { type CommandRun, EXIT } from "../terminal/terminal.ts";
import { backfillAddress, type ConnectionOptions, queryAddress } from "./connection.ts";

/** What every command uses: clients of both Workers, the run, and the exit code. */
export class Cli {
  readonly run: CommandRun;
  /** The exit code of the process; set by the command. */
  exitCode: number = EXIT.done;
  readonly #program: Command;

  constructor(program: Command, run: CommandRun) {
    this.#program = program;
    this.run = run;
  }

  get connection(): ConnectionOptions {
    return this.#program.opts<ConnectionOptions>();
  }

  get backfill(): BackfillClient {
    const { url, token } = backfillAddress(this.connection);
    return new BackfillClient(url, token);
  }

  get query(): QueryClient {
    const { url, token } = queryAddress(this.connection);
    return new QueryClient(url, token);
  }

  /** Another command as the user would type it to reach the same Workers. */
  commandLine(command: string): string {
    const isTyped = (name: string) => this.#program.getOptionValueSource(name) === "cli";
    const { url, queryUrl } = this.connection;
    const options = [
      ...(isTyped("url") ? [`--url ${url}`] : []),
      ...(isTyped("queryUrl") ? [`--query-url ${queryUrl}`] : []),
    ];
    return ["npx bv-backfill", command, ...options].join(" ");
  }
}

/** Adds one command, with its options and its action, to the program. */
export type AddCommand = (program: Command, cli: Cli) => void;
