import type { Status } from "../src/contract/backfill.ts";
import { CommandError, EXIT, formatDuration } from "../terminal/terminal.ts";
import type { BackfillClient } from "./backfill-client.ts";

export interface PollOptions<T> {
  readonly pollMs: number;
  /** Polling stops once there was no response for this long. */
  readonly silenceMsMax: number;
  /** Advice for the user when polling stops because of that. */
  readonly whenSilent: string;
  show(response: T): void;
  /**
   * Called every second while there has been no response for `LOST_MS`: since when, and why the last request failed,
   * undefined while it is still open.
   */
  lost(silentMs: number, reason: string | undefined): void;
}

/** A Worker that has not responded for this long is shown as lost: a status takes it half a second. */
export const LOST_MS = 3_000;
const LOST_INTERVAL_MS = 1_000;

/** Shows a started backfill until it ends, and returns its last status. Throws `CommandError` as `poll` does. */
export function pollBackfill(client: BackfillClient, options: PollOptions<Status>): Promise<Status> {
  return poll(
    () => client.status(),
    (status) => status.status !== "in_progress",
    options,
  );
}

/**
 * Requests and shows responses until one is the last. Throws `CommandError` (unreachable) when there was no response
 * for `silenceMsMax`, because of transient errors or of a request that hangs; any other error at once.
 */
export async function poll<T>(
  request: () => Promise<T>,
  isLast: (response: T) => boolean,
  { pollMs, silenceMsMax, whenSilent, show, lost }: PollOptions<T>,
): Promise<T> {
  let respondedAt = performance.now();
  let failure: CommandError | undefined;
  const silentMs = () => performance.now() - respondedAt;
  const timer = setInterval(() => {
    if (silentMs() >= LOST_MS) lost(silentMs(), failure?.message);
  }, LOST_INTERVAL_MS);
  try {
    for (;;) {
      const answer = request().catch((error: unknown) => {
        if (!(error instanceof CommandError && error.transient)) throw error;
        failure = error;
        return undefined;
      });
      const response = await inTime(answer, silenceMsMax - silentMs());
      if (response !== undefined) {
        respondedAt = performance.now();
        failure = undefined;
        show(response);
        if (isLast(response)) return response;
      } else if (silentMs() >= silenceMsMax) {
        const stopped = `No answer for ${lengthOf(silenceMsMax)}; stopped watching.`;
        throw new CommandError(failure ? `${stopped} ${failure.message}` : stopped, whenSilent, {
          cause: failure,
          exitCode: EXIT.unreachable,
        });
      }
      await sleep(pollMs);
    }
  } finally {
    clearInterval(timer);
  }
}

/** The answer; undefined once `ms` are over. A later failure of the answer is ignored. */
async function inTime<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
  });
  return Promise.race([answer, over]).finally(() => clearTimeout(timer));
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** `2 minutes`, or `0:20` for anything but whole minutes. */
function lengthOf(ms: number): string {
  const minutes = ms / 60_000;
  if (!Number.isInteger(minutes)) return formatDuration(ms);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
