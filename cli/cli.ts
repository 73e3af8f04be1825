import type { Command } from "commander";
import { BackfillClient, EtlClient, localStack, QueryClient, stackNote } from "../client/client.ts";
import { type CommandRun, EXIT } from "../terminal/terminal.ts";
import { backfillAddress, type ConnectionOptions, etlAddress, queryAddress } from "./connection.ts";
import { note } from "./output.ts";

/** What every command uses: clients of the Workers, the run, and the exit code. */
export class Cli {
  readonly run: CommandRun;
  /** The exit code of the process; set by the command. */
  exitCode: number = EXIT.done;
  readonly #program: Command;
  readonly #stack = localStack();
  readonly #noted = new Set<string>();

  constructor(program: Command, run: CommandRun) {
    this.#program = program;
    this.run = run;
  }

  get connection(): ConnectionOptions {
    return this.#program.opts<ConnectionOptions>();
  }

  get backfill(): BackfillClient {
    const { url, token } = backfillAddress(this.connection, this.#stack);
    if (this.connection.url === undefined) this.#noteOnce(url);
    return new BackfillClient(url, token);
  }

  get query(): QueryClient {
    const { url, token } = queryAddress(this.connection, this.#stack);
    if (this.connection.queryUrl === undefined) this.#noteOnce(url);
    return new QueryClient(url, token);
  }

  /** Throws `CommandError` (usage) where it is unknown where the ETL Sync Worker is. */
  get etl(): EtlClient {
    const { url, token } = etlAddress(this.connection, this.#stack);
    if (this.connection.etlUrl === undefined) this.#noteOnce(url);
    return new EtlClient(url, token);
  }

  /** Says whom a command asks that was given no address. */
  #noteOnce(url: string): void {
    const text = stackNote(url, this.#stack);
    if (text === undefined || this.#noted.has(url)) return;
    this.#noted.add(url);
    note(text);
  }

  /** Another command as the user would type it to reach the same Workers. */
  commandLine(command: string): string {
    const isTyped = (name: string) => this.#program.getOptionValueSource(name) === "cli";
    const { url, queryUrl, etlUrl } = this.connection;
    const options = [
      ...(isTyped("url") ? [`--url ${url}`] : []),
      ...(isTyped("queryUrl") ? [`--query-url ${queryUrl}`] : []),
      ...(isTyped("etlUrl") ? [`--etl-url ${etlUrl}`] : []),
    ];
    return ["npx bv-backfill", command, ...options].join(" ");
  }
}

/** Adds one command, with its options and its action, to the program. */
export type AddCommand = (program: Command, cli: Cli) => void;
