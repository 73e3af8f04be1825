import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../src/contract/backfill.ts";
import { CommandError, formatDuration } from "../terminal/terminal.ts";
import type { BackfillClient } from "./backfill-client.ts";

export interface PollOptions<T> {
  readonly pollMs: number;
  /** Transient errors are retried until there was no response for this long. */
  readonly silenceMsMax: number;
  /** Advice for the user when polling stops because of that. */
  readonly whenSilent: string;
  show(response: T): void;
}

/** Shows a started backfill until it ends, and returns its last status. Throws `CommandError` as `poll` does. */
export function pollBackfill(client: BackfillClient, options: PollOptions<Status>): Promise<Status> {
  return poll(
    () => client.status(),
    (status) => status.status !== "in_progress",
    options,
  );
}

/**
 * Requests and shows responses until one is the last. Throws `CommandError` when transient errors last longer than
 * `silenceMsMax`; any other error at once.
 */
export async function poll<T>(
  request: () => Promise<T>,
  isLast: (response: T) => boolean,
  options: PollOptions<T>,
): Promise<T> {
  let respondedAt = performance.now();
  for (;;) {
    const response = await request().catch((error: unknown) => {
      if (!(error instanceof CommandError && error.transient)) throw error;
      if (performance.now() - respondedAt < options.silenceMsMax) return undefined;
      const stopped = `No answer for ${lengthOf(options.silenceMsMax)}; stopped watching. ${error.message}`;
      throw new CommandError(stopped, options.whenSilent, { cause: error, exitCode: error.exitCode });
    });
    if (response !== undefined) {
      respondedAt = performance.now();
      options.show(response);
      if (isLast(response)) return response;
    }
    await sleep(options.pollMs);
  }
}

/** `2 minutes`, or `0:20` for anything but whole minutes. */
function lengthOf(ms: number): string {
  const minutes = ms / 60_000;
  if (!Number.isInteger(minutes)) return formatDuration(ms);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
