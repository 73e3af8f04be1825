import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ArchivedFile, QueryClient } from "../../client/client.ts";
import { CommandError } from "../../terminal/terminal.ts";

/** Takes the bytes of a file. */
export interface Sink {
  /** Called before the first byte of every attempt; discards the bytes of an earlier attempt. */
  begin(): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
}

/** Waits after transient errors, long enough for a deployment during a night's export. */
const RETRY_WAITS_MS = [1_000, 4_000, 15_000, 60_000];

/**
 * Writes a day's file to `sink`, and checks its size and SHA-256. Returns false when the day is not archived. Throws
 * `CommandError` when every attempt fails.
 */
export function fetchFile(
  query: QueryClient,
  site: string,
  date: string,
  sink: Sink,
  waitsMs?: readonly number[],
): Promise<boolean> {
  return withRetries(async () => {
    const file = await query.file("GET", site, date);
    if (!file) return false;
    const problem = await write(file, sink);
    if (problem === undefined) return true;
    const advice = "Run the command again: it resumes.";
    throw new CommandError(`${date} of ${site}: ${problem}`, advice, { transient: true });
  }, waitsMs);
}

/** Retries after each of the waits while the error is transient. */
export async function withRetries<T>(
  act: () => Promise<T>,
  waitsMs: readonly number[] = RETRY_WAITS_MS,
): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof CommandError && error.transient)) throw error;
      await sleep(waitMs);
    }
  }
  return act();
}

/** Writes the file's bytes to the sink; returns what is wrong with them, or undefined. */
async function write({ bytes, sha256, response }: ArchivedFile, sink: Sink): Promise<string | undefined> {
  const hash = createHash("sha256");
  let received = 0;
  await sink.begin();
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read().catch((error: unknown) => String(error));
    if (typeof next === "string")
      return `the connection was closed after ${received} of ${bytes} bytes (${next})`;
    if (!next || next.done) break;
    hash.update(next.value);
    received += next.value.length;
    await sink.write(next.value);
  }
  if (received !== bytes) return `${received} bytes were received instead of ${bytes}`;
  return sha256 === undefined || hash.digest("hex") === sha256
    ? undefined
    : "its SHA-256 differs from the archive's";
}
