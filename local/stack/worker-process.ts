import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Bundling and the start of workerd; slow machines and first runs take most of it. */
const READY_MS_MAX = 90_000;

/** Which Worker: its configuration below `workers/`. */
export type WorkerToml = "wrangler-backfill.toml" | "wrangler-query.toml";

export interface WorkerOptions {
  /** The Backfill Worker's where it is absent. */
  readonly toml?: WorkerToml;
  /** Where R2, KV and Durable Objects keep their data; a second start goes on with it. */
  readonly stateDir: string;
  readonly vars: Readonly<Record<string, string>>;
  /** 0: any free port. */
  readonly port?: number;
  /** Every line that the Worker or wrangler prints. */
  readonly onLine?: (line: string) => void;
  /** Kills the formatCount group at once when aborted, also while it starts: the net under a caller that ends. */
  readonly signal?: AbortSignal;
  /** Flags of V8 in workerd, for benches that cap its heap. */
  readonly v8Flags?: readonly string[];
}

/** A Worker on real workerd, in a process group of its own. */
export interface WorkerProcess {
  readonly url: string;
  /** The leader of the process group that wrangler and workerd are in. */
  readonly pid: number;
  /** Lets it end; kills it where it doesn't within 5 s. */
  stop(): Promise<void>;
  /** SIGKILL to the formatCount group: wrangler would start a crashed workerd again by itself. */
  kill(): Promise<void>;
}

/** Starts `wrangler dev` and resolves once it answers. Throws with its last lines where it does not. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const child = spawn(process.execPath, wranglerArguments(options), {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      ...(options.v8Flags ? { MINIFLARE_WORKERD_V8_FLAGS: options.v8Flags.join(" ") } : {}),
    },
  });
  const exited = once(child, "exit");
  const guard = guardOf(child);
  void exited.finally(() => guard.kill("SIGKILL"));
  options.signal?.addEventListener("abort", () => signalGroup(child, "SIGKILL"));
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
  }
}

/**
 * A process whose input closes when this one dies, however it dies; then it kills the group, which nobody could
 * end any more.
 */
function guardOf(child: ChildProcess): ChildProcess {
  return spawn("sh", ["-c", 'read -r _; kill -s KILL -- "-$0"', String(child.pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}

function wranglerArguments(options: WorkerOptions): string[] {
  const { toml = "wrangler-backfill.toml", stateDir, vars, port = 0 } = options;
  const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
  return [
    join(dirname(manifest), "bin/wrangler.js"),
    "dev",
    ...["-c", join(ROOT, "workers", toml)],
    ...["--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
    ...["--persist-to", stateDir, "--show-interactive-dev-session=false"],
    ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ];
}

function ready(child: ChildProcess, onLine: WorkerOptions["onLine"]): Promise<string> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const fail = (why: string) => reject(new Error(`wrangler dev ${why}:\n${last.join("\n")}`));
    const timer = setTimeout(() => fail(`was not ready after ${READY_MS_MAX} ms`), READY_MS_MAX);
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? code}`));
    child.once("error", reject);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          onLine?.(line);
          last.push(line);
          if (last.length > 30) last.shift();
          const url = /Ready on (http:\/\/\S+)/.exec(line)?.[1];
          if (url) {
            clearTimeout(timer);
            resolve(url);
          }
        }
      });
    }
  });
}

const STOP_MS_MAX = 5_000;

async function end(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  signalGroup(child, signal);
  if (child.exitCode !== null || child.signalCode !== null) {
    // wrangler is gone; whatever it left in its group goes as well.
    signalGroup(child, "SIGKILL");
    return;
  }
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_MS_MAX);
  await exited;
  clearTimeout(timer);
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
