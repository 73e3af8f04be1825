/** Decorators of the archive's port: retries, a bound of requests in flight, a meter. */
import type { ArchiveReader } from "../ports/archive.ts";
import type { Clock } from "../ports/ports.ts";
import type { Meter } from "./cost.ts";

/**
 * Pauses before a failed request to R2 is repeated. A brief failure is over by then. An outage lasts longer, and a client
 * that is used to a response within two seconds should not wait longer for the error.
 */
export const RETRY_PAUSES_MS = [100, 400] as const;

/** The archive's storage failed every attempt of a request; `cause` is the last failure. */
export class ArchiveUnavailable extends Error {
  readonly kind = "archive-unavailable";
  constructor(attempts: number, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`the archive can't be read, after ${attempts} tries: ${why}`, { cause });
  }
}

/** Makes every request of `archive` through `wrap`. */
export function aroundRequests(
  archive: ArchiveReader,
  wrap: <T>(request: () => Promise<T>) => Promise<T>,
): ArchiveReader {
  return {
    head: (key) => wrap(() => archive.head(key)),
    list: (prefix, cursor) => wrap(() => archive.list(prefix, cursor)),
    read: (key, range, condition) => wrap(() => archive.read(key, range, condition)),
    open: (key, etag, part) => wrap(() => archive.open(key, etag, part)),
  };
}

/** Repeats a failed request after each of `RETRY_PAUSES_MS`, until `signal` aborts. Throws `ArchiveUnavailable`. */
export function withRetry(
  archive: ArchiveReader,
  clock: Pick<Clock, "sleep">,
  signal?: AbortSignal,
): ArchiveReader {
  return aroundRequests(archive, async (request) => {
    for (let attempts = 1; ; attempts++) {
      try {
        return await request();
      } catch (fault) {
        if (signal?.aborted) throw fault;
        const pauseMs = RETRY_PAUSES_MS[attempts - 1];
        if (pauseMs === undefined) throw new ArchiveUnavailable(attempts, fault);
        await clock.sleep(pauseMs, signal);
      }
    }
  });
}

/**
 * Has at most `requestsMax` requests in flight; later ones wait, first come, first served. No request is made once `signal`
 * has aborted.
 */
export function withRequestsInFlight(
  archive: ArchiveReader,
  requestsMax: number,
  signal: AbortSignal,
): ArchiveReader {
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  return aroundRequests(archive, async (request) => {
    if (inFlight === requestsMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else inFlight++;
    try {
      signal.throwIfAborted();
      return await request();
    } finally {
      // A waiting request takes over the place, so that a new one can't get in before it.
      const next = waiting.shift();
      if (next) next();
      else inFlight--;
    }
  });
}

/** Counts every request, and every byte that a read returns. */
export function withMeter(archive: ArchiveReader, meter: Meter): ArchiveReader {
  const counted = aroundRequests(archive, (request) => {
    meter.r2Requests++;
    return request();
  });
  return {
    ...counted,
    async read(key, range, condition) {
      const part = await counted.read(key, range, condition);
      meter.bytesRead += part?.bytes?.length ?? 0;
      return part;
    },
  };
}
