import type { CommandRun } from "../../terminal/terminal.ts";

/** As in the Workers' toml files. */
const EVERY_MS = 300_000;

/**
 * Fires the cron triggers of the Workers every five minutes, as the platform does: wrangler only offers an address for
 * it. So a local stack is woken in the same way as a deployed one, also after an alarm was lost. The first time is at
 * once, so that nobody waits five minutes for the first samples. Ends with the run.
 */
export function fireCrons(urls: readonly string[], run: CommandRun): void {
  const fire = () => {
    for (const url of urls) void fireCron(url);
    timer = setTimeout(fire, untilNext(Date.now()));
  };
  let timer = setTimeout(fire, 0);
  run.onEnd(() => clearTimeout(timer));
}

/** Milliseconds until the next full five minutes. */
export const untilNext = (now: number) => EVERY_MS - (now % EVERY_MS);

/** Fires a Worker's cron trigger once. A Worker that does not answer is woken by the next. */
export async function fireCron(url: string): Promise<void> {
  await fetch(`${url}/cdn-cgi/local/scheduled`, { signal: AbortSignal.timeout(EVERY_MS) })
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
}
