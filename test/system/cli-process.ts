import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

export interface Ended {
  /** 128 and its number where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only what every shell has: a `CI` or `NO_COLOR` from around the tests would have its say in the colours. */
function shellEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TERM: "xterm-256color" };
}

/** A command line in a process of its own. */
export class CliProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stdout = "";
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "close");
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  /** Piped, as a script has it. */
  static piped(args: readonly string[], env: Readonly<Record<string, string>>, input?: string): CliProcess {
    const command = [join(ROOT, "cli/backfill.js"), ...args];
    const child = new CliProcess(spawn(process.execPath, command, { env: { ...shellEnv(), ...env } }));
    child.#child.stdin?.end(input);
    return child;
  }

  /** In a pseudo-terminal of 80 columns, which every Debian can make. What is typed there stays open. */
  static inTerminal(args: readonly string[], env: Readonly<Record<string, string>>): CliProcess {
    const command = [process.execPath, join(ROOT, "cli/backfill.js"), ...args]
      .map((arg) => `'${arg}'`)
      .join(" ");
    return new CliProcess(
      spawn("script", ["-qec", command, "/dev/null"], { env: { ...shellEnv(), ...env } }),
    );
  }

  /** As `npx` runs it for somebody whose own Node may be any, in a folder of the checkout. */
  static byNpx(args: readonly string[], folder: string, env: Readonly<Record<string, string>>): CliProcess {
    // The first time in a checkout it would prepare the package, and so build the dashboard that others look at.
    const { NODE_ENV: _, ...own } = process.env;
    const path = (process.env.PATH ?? "").split(delimiter).filter((part) => !part.includes("node_modules"));
    return new CliProcess(
      spawn("npx", ["--offline", "backfill", ...args], {
        cwd: join(ROOT, folder),
        env: { ...own, ...env, PATH: path.join(delimiter), npm_config_ignore_scripts: "true" },
      }),
    );
  }

  /** What a terminal shows, or stdout. */
  get shown(): string {
    return this.#stdout;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async ended(): Promise<Ended> {
    await this.#exited;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}
