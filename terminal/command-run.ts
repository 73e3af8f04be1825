import { constants } from "node:os";
import { wrapped } from "./wrap.ts";

/** Exit codes of a command, as scripts see them. After a signal the code is 128 and the signal's number. */
export const EXIT = {
  done: 0,
  /** The command ran and found something wrong or missing: failed days, a problem in a file, no samples. */
  partial: 1,
  usage: 2,
  /** The Worker did not respond, or not in time. */
  unreachable: 3,
  /** The Worker rejected the request. */
  rejected: 4,
  /** A bug in the command itself, printed with its stack. */
  bug: 70,
} as const;

/** What a command uses while it runs: a signal for its end, and the steps to take before that. */
export interface CommandRun {
  /** Aborts when the process exits, whatever the reason; listeners must be synchronous. */
  readonly signal: AbortSignal;
  /** Adds a step to run before the process ends, also after Ctrl-C or an error. Steps run in reverse order. */
  onEnd(step: () => void | Promise<void>): void;
}

interface CommandErrorOptions extends ErrorOptions {
  readonly exitCode?: number;
  readonly transient?: boolean;
}

/** An error that the user can fix: printed without a stack, with advice on what to do next. */
export class CommandError extends Error {
  readonly kind = "command-error";
  readonly advice: string;
  readonly exitCode: number;
  /** The same request may succeed a moment later. */
  readonly transient: boolean;
  constructor(message: string, advice: string, options: CommandErrorOptions = {}) {
    super(message, options);
    this.advice = advice;
    this.exitCode = options.exitCode ?? EXIT.partial;
    this.transient = options.transient ?? false;
  }
}

/** npm forwards a Ctrl-C that the terminal has sent to this process already; only a later one is a second Ctrl-C. */
const FORWARDED_SIGNAL_MS = 1_000;

/** Runs `main` and ends the process with the exit code it returns; after a signal with 128 + its number. */
export async function runToEnd(main: (run: CommandRun) => Promise<number>): Promise<void> {
  const steps: (() => void | Promise<void>)[] = [];
  const atExit = new AbortController();
  // wrangler's own signal handlers end the process while it has a store open; "exit" comes after all of them.
  process.on("exit", () => atExit.abort());

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
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    if (!ending) await end(code);
  };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (ending) return;
    // The reader closed the pipe because it needs no more: `npx bv-backfill query … | head`.
    if (error.code === "EPIPE") return void end(EXIT.done);
    void endAfter(`\nThe output can't be written: ${error.message}`, EXIT.partial, end);
  });
  // There is nowhere left to print this error.
  process.stderr.on("error", () => undefined);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      if (!ending) void end(code);
      else if (performance.now() - endingSince > FORWARDED_SIGNAL_MS) process.exit(code);
    });
  }
  try {
    const code = await main({ signal: atExit.signal, onEnd: (step) => steps.push(step) });
    if (!ending) await finish(code);
  } catch (error) {
    // A request that was open when the signal came fails because its Worker stops; this error says nothing new.
    if (ending) return;
    const text =
      error instanceof CommandError
        ? `\n${error.message}\n\n${error.advice}`
        : error instanceof Error
          ? error.stack
          : error;
    await endAfter(text, error instanceof CommandError ? error.exitCode : EXIT.bug, finish);
  }
}

/** Resolves once the stream has written everything; process.exit would discard what a slow reader has not read. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

async function endAfter(text: unknown, code: number, end: (code: number) => Promise<void>): Promise<void> {
  // Printed last, below what the steps still draw or clear.
  const { isTTY, columns } = process.stderr;
  const shown = isTTY && typeof text === "string" ? wrapped(text, columns || 80) : text;
  process.once("exit", () => console.error(shown));
  await end(code);
}
