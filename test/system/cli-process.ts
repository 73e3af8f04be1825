import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const ROOT = join(import.meta.dirname, "../..");

/**
 * For a process that shows something of its Workers. Above the time that `up` gives its Workers to start, so that a
 * process that knows what is wrong says so first.
 */
const SHOWN_MS_MAX = 180_000;

export interface Ended {
  /** 128 plus the signal's number if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only the variables of every shell: `CI` or `NO_COLOR` of the tests' environment would change the colours. */
function shellEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TERM: "xterm-256color" };
}

/** A command in a separate process. */
export class CliProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stdout = "";
  #stderr = "";
  #hasEnded = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "close").catch((cause: unknown) => {
      throw new Error(`${child.spawnfile} is missing; the tests need npx, and script of util-linux`, {
        cause,
      });
    });
    child.once("close", () => {
      this.#hasEnded = true;
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  /** With pipes, as in a script. */
  static piped(args: readonly string[], env: Readonly<Record<string, string>>, input?: string): CliProcess {
    const command = [join(ROOT, "cli/bv-backfill.js"), ...args];
    const child = new CliProcess(spawn(process.execPath, command, { env: { ...shellEnv(), ...env } }));
    child.#child.stdin?.end(input);
    return child;
  }

  /** In a pseudo-terminal of 80 columns by `script`, whose input stays open. */
  static inTerminal(args: readonly string[], env: Readonly<Record<string, string>>): CliProcess {
    const command = [process.execPath, join(ROOT, "cli/bv-backfill.js"), ...args]
      .map((arg) => `'${arg}'`)
      .join(" ");
    return new CliProcess(
      spawn("script", ["-qec", command, "/dev/null"], { env: { ...shellEnv(), ...env } }),
    );
  }

  /** By `npx` in a folder of the checkout, with the Node version of the user. */
  static byNpx(args: readonly string[], folder: string, env: Readonly<Record<string, string>>): CliProcess {
    // Without scripts, because npx would prepare the package and rebuild the dashboard that other tests use.
    const { NODE_ENV: _, ...own } = process.env;
    const path = (process.env.PATH ?? "").split(delimiter).filter((part) => !part.includes("node_modules"));
    return new CliProcess(
      spawn("npx", ["--offline", "bv-backfill", ...args], {
        cwd: join(ROOT, folder),
        env: { ...own, ...env, PATH: path.join(delimiter), npm_config_ignore_scripts: "true" },
      }),
    );
  }

  /** What a terminal shows, or stdout. */
  get shown(): string {
    return this.#stdout;
  }

  /**
   * Waits until `find` finds something in what is shown, and returns that. Throws with all that the process has printed if
   * it ends before, or after `msMax`.
   */
  async shows<T>(what: string, find: (shown: string) => T | undefined, msMax = SHOWN_MS_MAX): Promise<T> {
    for (const startedAt = Date.now(); ; await sleep(50)) {
      // Before the search: what it printed last is found, too.
      const hasEnded = this.#hasEnded;
      const found = find(this.shown);
      if (found !== undefined) return found;
      if (hasEnded || Date.now() - startedAt > msMax) {
        const why = hasEnded ? "the process has ended" : `not within ${msMax} ms`;
        throw new Error(`${why}: ${what}\nstdout:\n${this.#stdout}\nstderr:\n${this.#stderr}`);
      }
    }
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<Ended> {
    await this.#exited;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}
