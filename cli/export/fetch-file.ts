import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ArchivedFile, QueryClient } from "../../client/client.ts";
import { CommandError } from "../../terminal/terminal.ts";

/** Where the bytes of a file go. */
export interface Sink {
  /** Before the first byte of every attempt: what an earlier one has left counts no more. */
  begin(): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
}

/** Of what may pass by itself: a deployment takes its time, and a night's export should outlast it. */
const WAITS_MS = [1_000, 4_000, 15_000, 60_000];

/**
 * Brings a day's file to `sink`, whole and with the SHA-256 that the archive has of it: then `true`; `false` where the
 * day is not archived. Throws `CommandError` where no attempt brought it.
 */
export function fetchFile(
  query: QueryClient,
  site: string,
  date: string,
  sink: Sink,
  waitsMs?: readonly number[],
): Promise<boolean> {
  return patiently(async () => {
    const file = await query.file("GET", site, date);
    if (!file) return false;
    const fault = await poured(file, sink);
    if (fault === undefined) return true;
    const advice = "Run it again: it goes on where it is.";
    throw new CommandError(`${date} of ${site}: ${fault}`, advice, { transient: true });
  }, waitsMs);
}

/** Does it again after each of the waits, as long as what is thrown may pass. */
export async function patiently<T>(act: () => Promise<T>, waitsMs: readonly number[] = WAITS_MS): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await act();
    } catch (fault) {
      if (!(fault instanceof CommandError && fault.transient)) throw fault;
      await sleep(waitMs);
    }
  }
  return act();
}

/** What is wrong with what came; undefined where it is the file. */
async function poured({ bytes, sha256, response }: ArchivedFile, sink: Sink): Promise<string | undefined> {
  const hash = createHash("sha256");
  let came = 0;
  await sink.begin();
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read().catch((error: unknown) => String(error));
    if (typeof next === "string") return `it broke off after ${came} of ${bytes} bytes (${next})`;
    if (!next || next.done) break;
    hash.update(next.value);
    came += next.value.length;
    await sink.write(next.value);
  }
  if (came !== bytes) return `${came} bytes came, and it has ${bytes}`;
  return sha256 === undefined || hash.digest("hex") === sha256 ? undefined : "it came with another SHA-256";
}
