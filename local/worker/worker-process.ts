import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { guardTree, signalTree } from "./process-tree.ts";
import { ready } from "./ready.ts";
import { writeSecrets } from "./secrets-file.ts";
import { isDatabaseLocked, isPortTaken, startAgainIf } from "./start-again.ts";
import { wranglerProcessEnv } from "./wrangler-env.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The Worker's configuration file, from `workers/`. */
export type WorkerToml =
  | "wrangler-backfill.toml"
  | "wrangler-query.toml"
  | "wrangler-etl.toml"
  | `../bench/${string}.toml`;

export interface WorkerOptions {
  /** Default: the Backfill Worker's. */
  readonly toml?: WorkerToml;
  /** Where R2, KV and Durable Objects store their data; a later start continues with it. */
  readonly stateDir: string;
  readonly vars: Readonly<Record<string, string>>;
  /** API keys that only this user of the machine may read. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** 0: any free port. */
  readonly port?: number;
  /** Called with each line that the Worker or wrangler prints. */
  readonly onLine?: (line: string) => void;
  /** Kills the whole process group when aborted, also while it starts. */
  readonly signal?: AbortSignal;
  /** Flags of V8 in workerd, for benches that cap its heap. */
  readonly v8Flags?: readonly string[];
}

/** A Worker on workerd, in a separate process group. */
export interface WorkerProcess {
  readonly url: string;
  /** The leader of the process group of wrangler and workerd. */
  readonly pid: number;
  /** Sends SIGTERM, and SIGKILL after 5 s. */
  stop(): Promise<void>;
  /** Sends SIGKILL to the whole group: wrangler would restart a crashed workerd. */
  kill(): Promise<void>;
}

/**
 * Starts `wrangler dev` and resolves once it is ready. Throws with its last lines when it does not get ready. Workers that
 * share a state directory open the same databases, and workerd ends if one is locked at that moment; another program may
 * take the free port that wrangler has chosen. In both cases it is started again.
 */
export function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const { port = 0, signal } = options;
  const isByChance = (error: unknown) => isDatabaseLocked(error) || (port === 0 && isPortTaken(error));
  return startAgainIf(
    (error) => !signal?.aborted && isByChance(error),
    () => startOnce(options),
  );
}

async function startOnce(options: WorkerOptions): Promise<WorkerProcess> {
  const { toml = "wrangler-backfill.toml", stateDir, secrets = {} } = options;
  const secretsFile = join(stateDir, "wrangler", `${toml}.env`);
  const removeSecrets = writeSecrets(secretsFile, secrets);
  const child = spawn(process.execPath, wranglerArguments(options, toml, secretsFile), {
    cwd: ROOT,
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...wranglerProcessEnv(stateDir),
      ...(options.v8Flags ? { MINIFLARE_WORKERD_V8_FLAGS: options.v8Flags.join(" ") } : {}),
    },
  });
  const exited = once(child, "exit");
  if (child.pid !== undefined) {
    const guard = guardTree(child);
    void exited.finally(() => guard.kill("SIGKILL"));
  }
  options.signal?.addEventListener("abort", () => signalTree(child, "SIGKILL"));
  try {
    const url = await ready(child, options.onLine);
    return {
      url,
      pid: child.pid ?? 0,
      stop: () => end(child, exited, "SIGTERM"),
      kill: () => end(child, exited, "SIGKILL"),
    };
  } catch (error) {
    await end(child, exited, "SIGKILL");
    throw error;
  } finally {
    removeSecrets();
  }
}

function wranglerArguments(options: WorkerOptions, toml: WorkerToml, secretsFile: string): string[] {
  const { stateDir, vars, port = 0 } = options;
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return [
    join(dirname(manifest), "bin/wrangler.js"),
    "dev",
    ...["-c", join(ROOT, "workers", toml)],
    ...["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
    ...["--env-file", secretsFile],
    ...["--persist-to", stateDir, "--show-interactive-dev-session=false"],
    ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ];
}

const STOP_MS_MAX = 5_000;

async function end(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  signalTree(child, signal);
  if (child.exitCode !== null || child.signalCode !== null) {
    // wrangler has exited; kill what it left in its group.
    signalTree(child, "SIGKILL");
    return;
  }
  const timer = setTimeout(() => signalTree(child, "SIGKILL"), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
  signalTree(child, "SIGKILL");
}
