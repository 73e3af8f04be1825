import type { Command } from "commander";
import { BackfillClient, QueryClient } from "../client/client.ts";
import { type CommandRun, EXIT } from "../terminal/terminal.ts";
import { backfillAddress, type ConnectionOptions, queryAddress } from "./connection.ts";

/** What every command is given: the Workers it speaks with, and the process it lives in. */
export class Cli {
  readonly run: CommandRun;
  /** Of the process, as the command has left it. */
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

  /** A command of ours as the user would type it to reach the same Workers. */
  typed(command: string): string {
    const given = (name: string) => this.#program.getOptionValueSource(name) === "cli";
    const { url, queryUrl } = this.connection;
    const options = [
      ...(given("url") ? [`--url ${url}`] : []),
      ...(given("queryUrl") ? [`--query-url ${queryUrl}`] : []),
    ];
    return ["npx backfill", command, ...options].join(" ");
  }
}

/** Puts one command, with its options and what it does, into the program. */
export type AddCommand = (program: Command, cli: Cli) => void;
