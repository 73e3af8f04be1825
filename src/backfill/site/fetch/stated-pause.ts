import type { FailedRequest, StatedPause } from "../../../fetch/fetch.ts";
import type { ActionContext } from "../context.ts";
import { currentWork, type StagedDay, type StagedWindow } from "../ledger/ledger.ts";

/**
 * How long a window waits for pauses that the API states, if no page comes between them. After that it is an outage of
 * the API: the days go back to pending, and the site waits, tries again and shows the outage.
 */
const PAUSED_MS_MAX = 3_600_000;

/** The failure of a window whose pauses have taken too long; undefined while the window shall wait for them. */
export function outageOf(
  { clock, fence, store }: ActionContext,
  day: StagedDay,
  { index }: StagedWindow,
  { message, pauseMs }: StatedPause,
): FailedRequest | undefined {
  const now = clock.now();
  const since = store.tx((sql) => currentWork(sql, fence, day)?.staged.windows[index]?.pausedSince) ?? now;
  if (now - since < PAUSED_MS_MAX) return undefined;
  const said = `${message}, and has asked for pauses since ${new Date(since).toISOString()}`;
  return { kind: "transient", reason: "5xx", message: said, outageMs: pauseMs };
}

export function logPause(
  { clock, log, site }: ActionContext,
  { message, pauseMs }: StatedPause,
  request: string,
): void {
  log("WARN", `The API asks for a pause for ${request}, waiting ${Math.ceil(pauseMs / 1000)} s`, {
    site,
    answer: message,
    until: new Date(clock.now() + pauseMs).toISOString(),
  });
}
