import type { PollOptions } from "../../client/client.ts";
import { type ProgressScreen, progressScreen } from "../../terminal/terminal.ts";
import type { Cli } from "../cli.ts";
import { note } from "../output.ts";

const POLL_MS = 1_000;
/** A network may fail for a while and a deployment takes its time; the backfill keeps running in the meantime. */
const SILENCE_MS_MAX = 120_000;
/** In a log: at most one line in this time, and only after a change. */
const PLAIN_INTERVAL_MS = 5_000;

/** Lines that are redrawn on a terminal and appended in a pipe; closed before the process ends. */
export function watchScreen(cli: Cli, out: NodeJS.WriteStream): ProgressScreen {
  const screen = progressScreen(out, { plainIntervalMs: PLAIN_INTERVAL_MS });
  cli.run.onEnd(() => screen.close());
  return screen;
}

export interface Watching {
  /** What runs in the Worker. */
  readonly what: "backfill" | "verification" | "rebuild" | "sync" | "making of roll-ups";
  /** How to watch it again, and what else to do with it: a sentence a line. */
  readonly again: readonly string[];
}

/**
 * Polls something that runs in the Worker. Ctrl-C stops only the polling, and says how to watch again; so does a Worker
 * that stops responding.
 */
export async function watchWorker<T>(
  cli: Cli,
  { what, again }: Watching,
  pollWith: (options: Omit<PollOptions<T>, "show" | "lost">) => Promise<T>,
): Promise<T> {
  const stillRunning = [`The ${what} is still running. ${again[0]}`, ...again.slice(1)].join("\n");
  // A Worker that does not respond does not say so.
  const whenSilent = [`The ${what} continues when the Worker does. ${again[0]}`, ...again.slice(1)].join(
    "\n",
  );
  return withInterruptNote(cli, stillRunning, () =>
    pollWith({ pollMs: POLL_MS, silenceMsMax: SILENCE_MS_MAX, whenSilent }),
  );
}

/** Sends a request that changes something; after Ctrl-C the user is told how to check whether it was done. */
export function requestChange<T>(cli: Cli, checkCommand: string, request: () => Promise<T>): Promise<T> {
  const text = `The request may have been carried out. To check, run: ${cli.commandLine(checkCommand)}`;
  return withInterruptNote(cli, text, request);
}

/** Does something that Ctrl-C may interrupt, and prints `text` when it does. */
export async function withInterruptNote<T>(cli: Cli, text: string, act: () => Promise<T>): Promise<T> {
  let acting = true;
  cli.run.onEnd(() => {
    if (acting) note(`\n${text}`);
  });
  return act().finally(() => {
    acting = false;
  });
}
