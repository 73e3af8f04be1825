import { constants } from "node:os";
import { EXIT } from "./exit-codes.ts";

/** What a command of a terminal holds while it runs. */
export interface Run {
  /** Aborts at the very end, whatever ends it: what listens must act at once. */
  readonly signal: AbortSignal;
  /** Steps run in reverse order, once, before the process ends: also after Ctrl-C or a fault. */
  onEnd(step: () => void | Promise<void>): void;
}

interface UnableOptions extends ErrorOptions {
  readonly exitCode?: number;
  readonly transient?: boolean;
}

/** A fault that the user can do something about: said without a stack, with what to do next. */
export class Unable extends Error {
  readonly kind = "unable";
  readonly advice: string;
  readonly exitCode: number;
  /** It may be otherwise in a moment, without anybody's help: who has time asks again. */
  readonly transient: boolean;
  constructor(what: string, advice: string, options: UnableOptions = {}) {
    super(what, options);
    this.advice = advice;
    this.exitCode = options.exitCode ?? EXIT.partial;
    this.transient = options.transient ?? false;
  }
}

/** npm passes a Ctrl-C on that the terminal has sent here already: only a later one is impatience. */
const ECHO_MS = 1_000;

/** Runs `main` and ends the process with the code it answers; 128 + the signal's number after a signal. */
export async function runToEnd(main: (run: Run) => Promise<number>): Promise<void> {
  const steps: (() => void | Promise<void>)[] = [];
  const net = new AbortController();
  // wrangler's own handlers end the process on a signal while it holds a store: this comes after any of them.
  process.on("exit", () => net.abort());

  let ending = false;
  let endingSince = 0;
  const end = async (code: number) => {
    ending = true;
    endingSince = performance.now();
    for (const step of steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        console.error(`while ending: ${String(error)}`);
      }
    }
    process.exit(code);
  };
  const finish = async (code: number) => {
    await Promise.all([written(process.stdout), written(process.stderr)]);
    if (!ending) await end(code);
  };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (ending) return;
    // A reader that has seen enough closes the pipe: `npx backfill query … | head`.
    if (error.code === "EPIPE") return void end(EXIT.done);
    void endAfter(`\nWhat was asked for can't be written: ${error.message}`, EXIT.partial, end);
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => undefined);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      if (!ending) void end(code);
      else if (performance.now() - endingSince > ECHO_MS) process.exit(code);
    });
  }
  try {
    const code = await main({ signal: net.signal, onEnd: (step) => steps.push(step) });
    if (!ending) await finish(code);
  } catch (error) {
    // What was in hand when a signal came fails as its Worker goes away: that is no news.
    if (ending) return;
    const said =
      error instanceof Unable
        ? `\n${error.message}\n\n${error.advice}`
        : error instanceof Error
          ? error.stack
          : error;
    await endAfter(said, error instanceof Unable ? error.exitCode : EXIT.fault, finish);
  }
}

/** What a pipe has not taken yet would go with the process: a slow reader would take the rest for the end. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

async function endAfter(said: unknown, code: number, end: (code: number) => Promise<void>): Promise<void> {
  // Last, below whatever the steps still draw or clear.
  process.once("exit", () => console.error(said));
  await end(code);
}
