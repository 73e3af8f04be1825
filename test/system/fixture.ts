import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BackfillClient, EtlClient, QueryClient } from "../../client/client.ts";
import {
  createHotTables,
  fireCron,
  openState,
  type StoredState,
  startWorker,
  type WorkerProcess,
} from "../../local/stack/stack.ts";
import type { SimulatorOptions } from "../../simulator/options.ts";
import { type Simulator, startSimulator } from "../../simulator/server/server.ts";

export const TOKEN = "operator-token";
export const QUERY_TOKEN = "reader-token";
export const ETL_TOKEN = "sync-token";
const API_KEY = "test-key";

/** A high rate and short retries, so that tests do not wait for them. */
const VARS = { REQUESTS_PER_MINUTE: "12000", RETRY_BASE_DELAY_MS: "20", MAX_RETRIES: "1" };

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A simulator, a Worker on workerd that reads from it, and a state directory that outlives the Worker. */
export class World {
  readonly stateDir: string;
  readonly lines: string[] = [];
  #options: SimulatorOptions;
  #vars: Record<string, string>;
  #simulator: Simulator;
  #worker: WorkerProcess | undefined;
  #query: WorkerProcess | undefined;
  #queryVars: Record<string, string> = {};
  #etl: WorkerProcess | undefined;
  #etlVars: Record<string, string> = {};
  #tables: Promise<void> | undefined;
  #state: Promise<StoredState> | undefined;
  readonly #ownsState: boolean;

  private constructor(
    options: SimulatorOptions,
    vars: Record<string, string>,
    simulator: Simulator,
    stateDir: string | undefined,
  ) {
    this.#options = options;
    this.#simulator = simulator;
    const sites = options.sites.map((site) => (typeof site === "string" ? site : site.name));
    this.#vars = {
      ACE_API_BASE: simulator.api,
      SITE_NAME: sites.join(","),
      ACE_API_KEY: API_KEY,
      BACKFILL_API_KEY: TOKEN,
      ...VARS,
      ...vars,
    };
    this.#ownsState = stateDir === undefined;
    this.stateDir = stateDir ?? mkdtempSync(join(tmpdir(), "backfill-system-"));
  }

  /** A given `stateDir` is kept; otherwise the world creates a folder and removes it at the end. */
  static async open(
    options: SimulatorOptions,
    vars: Record<string, string> = {},
    stateDir?: string,
  ): Promise<World> {
    const world = new World(options, vars, await startSimulator(options), stateDir);
    try {
      await world.startWorker();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  get options(): SimulatorOptions {
    return this.#options;
  }

  get sim(): Simulator {
    return this.#simulator;
  }

  get url(): string {
    if (!this.#worker) throw new Error("the Worker is stopped");
    return this.#worker.url;
  }

  get queryUrl(): string {
    if (!this.#query) throw new Error("the Query Worker is not started");
    return this.#query.url;
  }

  get etlUrl(): string {
    if (!this.#etl) throw new Error("the ETL Sync Worker is not started");
    return this.#etl.url;
  }

  get client(): BackfillClient {
    return new BackfillClient(this.url, TOKEN);
  }

  get query(): QueryClient {
    return new QueryClient(this.queryUrl, QUERY_TOKEN);
  }

  get etl(): EtlClient {
    return new EtlClient(this.etlUrl, ETL_TOKEN);
  }

  /** Starts the Worker on the existing state; `signal` kills it, also while it starts. */
  async startWorker(vars: Record<string, string> = {}, signal?: AbortSignal): Promise<void> {
    this.#vars = { ...this.#vars, ...vars };
    const onLine = (line: string) => this.lines.push(line);
    this.#worker = await startWorker({
      stateDir: this.stateDir,
      vars: this.#vars,
      onLine,
      ...(signal ? { signal } : {}),
    });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = undefined;
  }

  /** Starts the Query Worker on the same R2 and on hot storage, and creates the tables. */
  async startQueryWorker(vars: Record<string, string> = {}): Promise<void> {
    this.#tables ??= createHotTables(this.stateDir);
    await this.#tables;
    this.#queryVars = { ...this.#queryVars, ...vars };
    this.#query = await startWorker({
      toml: "wrangler-query.toml",
      stateDir: this.stateDir,
      vars: { QUERY_API_KEY: QUERY_TOKEN, ...this.#queryVars },
      onLine: (line) => this.lines.push(line),
    });
  }

  async stopQueryWorker(): Promise<void> {
    await this.#query?.stop();
    this.#query = undefined;
  }

  /** Starts the ETL Sync Worker beside the Worker, and creates the tables. It sleeps until `cron` or a trigger. */
  async startEtlWorker(vars: Record<string, string> = {}): Promise<void> {
    this.#tables ??= createHotTables(this.stateDir);
    await this.#tables;
    this.#etlVars = { ...this.#etlVars, ...vars };
    const { ACE_API_BASE = "", SITE_NAME = "" } = this.#vars;
    this.#etl = await startWorker({
      toml: "wrangler-etl.toml",
      stateDir: this.stateDir,
      vars: { ACE_API_BASE, SITE_NAME, ACE_API_KEY: API_KEY, ETL_API_KEY: ETL_TOKEN, ...this.#etlVars },
      onLine: (line) => this.lines.push(line),
    });
  }

  async stopEtlWorker(): Promise<void> {
    await this.#etl?.stop();
    this.#etl = undefined;
  }

  /** Fires the ETL Sync Worker's cron trigger, which wakes the sites. */
  async cron(): Promise<void> {
    await fireCron(this.etlUrl);
  }

  /** Sends SIGKILL to the whole process tree, so that no code runs any more. */
  async killWorker(): Promise<void> {
    await this.#worker?.kill();
    this.#worker = undefined;
  }

  async killQueryWorker(): Promise<void> {
    await this.#query?.kill();
    this.#query = undefined;
  }

  async killEtlWorker(): Promise<void> {
    await this.#etl?.kill();
    this.#etl = undefined;
  }

  /** The Worker's R2, KV and D1. */
  state(): Promise<StoredState> {
    this.#state ??= openState(this.stateDir);
    return this.#state;
  }

  /** Closes R2, KV and D1, so that a test can change their files. */
  async closeState(): Promise<void> {
    await (await this.#state)?.close();
    this.#state = undefined;
  }

  /** Serves other data at the same address. */
  replaceSimulator(change: Partial<SimulatorOptions>): void {
    this.#options = { ...this.#options, ...change };
    this.#simulator = this.#simulator.replace(this.#options);
  }

  /** The Worker's log, without wrangler's own lines and its decoration of warnings and errors. */
  log(): LogLine[] {
    return this.lines.flatMap((line) => {
      const json = /\{"level".*\}/.exec(line)?.[0];
      return json ? [JSON.parse(json) as LogLine] : [];
    });
  }

  async object(key: string): Promise<Uint8Array> {
    const bytes = await (await this.state()).bytes(key);
    if (!bytes) throw new Error(`R2 has no ${key}`);
    return bytes;
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.stopQueryWorker();
    await this.stopEtlWorker();
    await this.closeState();
    await this.#simulator.close();
    if (this.#ownsState) removeFolder(this.stateDir);
  }
}

/** Removes a folder in which a process that was killed may create its last file meanwhile. */
export const removeFolder = (path: string) =>
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

export const keyOf = (site: string, day: string) => `timeseries/${day.replaceAll("-", "/")}/${site}.parquet`;

/**
 * Checks until the result is neither undefined nor false, and returns it; throws with `what` after `msMax`. A check that
 * sends a request costs the Worker more than the test, and is repeated less often the longer it takes.
 */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  msMax = 120_000,
): Promise<T> {
  const startedAt = Date.now();
  for (;;) {
    const checked = check();
    const result = await checked;
    if (result !== undefined && result !== false) return result;
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > msMax) throw new Error(`not within ${msMax} ms: ${what}`);
    await sleep(checked instanceof Promise ? Math.min(50 + waitedMs / 20, 1_000) : 50);
  }
}
