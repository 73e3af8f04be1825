import type { PollOptions } from "../client/client.ts";
import { type ProgressScreen, progressScreen } from "../terminal/terminal.ts";
import type { Cli } from "./cli.ts";
import { note } from "./terminal.ts";

const POLL_MS = 1_000;
/** Networks go away for a while, and a deployment takes its time: what runs in the Worker minds neither. */
const SILENCE_MS_MAX = 120_000;
/** Of lines in a log, where something has changed. */
const PLAIN_INTERVAL_MS = 5_000;

/** Lines that are drawn over on a terminal, and written now and then in a pipe; they stand still before the process ends. */
export function watchScreen(cli: Cli, out: NodeJS.WriteStream): ProgressScreen {
  const screen = progressScreen(out, { plainIntervalMs: PLAIN_INTERVAL_MS });
  cli.run.onEnd(() => screen.close());
  return screen;
}

/**
 * Looks at something that runs in the Worker, as `look` is told to. Ctrl-C ends the looking and nothing else: then
 * `goesOn` says how to come back.
 */
export async function watched<T>(
  cli: Cli,
  goesOn: string,
  look: (how: Omit<PollOptions<T>, "show">) => Promise<T>,
): Promise<T> {
  return stoppable(cli, goesOn, () =>
    look({ pollMs: POLL_MS, silenceMsMax: SILENCE_MS_MAX, whenSilent: goesOn }),
  );
}

/** Asks for what the Worker does, whether or not its answer is waited for. */
export function steered<T>(cli: Cli, look: string, ask: () => Promise<T>): Promise<T> {
  return stoppable(cli, `It may have been done all the same. Look with: ${cli.typed(look)}`, ask);
}

/** Does something that Ctrl-C may end: then `goesOn` says how to go on with it. */
export async function stoppable<T>(cli: Cli, goesOn: string, act: () => Promise<T>): Promise<T> {
  let acting = true;
  cli.run.onEnd(() => {
    if (acting) note(`\n${goesOn}`);
  });
  return act().finally(() => {
    acting = false;
  });
}
