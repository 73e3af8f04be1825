import type { ActionContext } from "../context.ts";
import { currentWork, type FailedRequest, type StagedDay, type StagedWindow } from "../ledger/ledger.ts";
import type { StatedPause } from "./api-client.ts";

/**
 * For so long in all a window waits for pauses that the API states, if no page comes between them. After that the API
 * has an outage: its days go back to pending, and the site waits, probes and shows it.
 */
const PAUSED_MS_MAX = 3_600_000;

/** The failure of a window's request whose pauses take too long; undefined while they are to be waited for. */
export function outageOf(
  { clock, fence, store }: ActionContext,
  day: StagedDay,
  { index }: StagedWindow,
  { message, pauseMs }: StatedPause,
): FailedRequest | undefined {
  const now = clock.now();
  const since = store.tx((sql) => currentWork(sql, fence, day)?.staged.windows[index]?.pausedSince) ?? now;
  if (now - since < PAUSED_MS_MAX) return undefined;
  const said = `${message}, and has stated pauses since ${new Date(since).toISOString()}`;
  return { kind: "transient", reason: "5xx", message: said, outageMs: pauseMs };
}

export function logPause(
  { clock, log, site }: ActionContext,
  { message, pauseMs }: StatedPause,
  request: string,
): void {
  log("WARN", `[BACKFILL] The API states a pause for ${request}, waiting ${Math.ceil(pauseMs / 1000)} s`, {
    site,
    answer: message,
    until: new Date(clock.now() + pauseMs).toISOString(),
  });
}
