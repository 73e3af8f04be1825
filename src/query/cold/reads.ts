import type { RangeReader } from "../../ports/range-reader.ts";
import type { Meter } from "../source.ts";
import type { Retry } from "./retry.ts";

/** Counts every request, and every byte that it brings, also of an answer that is of no use. */
export const withMeter = (reader: RangeReader, meter: Meter): RangeReader => ({
  async end(...asked) {
    meter.r2Requests++;
    const found = await reader.end(...asked);
    if (found && found !== "unchanged") meter.bytesRead += found.bytes.length;
    return found;
  },
  async read(...asked) {
    meter.r2Requests++;
    const bytes = await reader.read(...asked);
    meter.bytesRead += bytes?.length ?? 0;
    return bytes;
  },
});

/** At most `readsMax` at a time; the others wait their turn. */
export function withReadsInFlight(reader: RangeReader, readsMax: number): RangeReader {
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(read: () => Promise<T>): Promise<T> => {
    if (inFlight === readsMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else inFlight++;
    try {
      return await read();
    } finally {
      // Whoever waits takes over the place, so that none that comes now can slip in before.
      const next = waiting.shift();
      if (next) next();
      else inFlight--;
    }
  };
  return {
    end: (...asked) => inTurn(() => reader.end(...asked)),
    read: (...asked) => inTurn(() => reader.read(...asked)),
  };
}

/** Reads nothing more once `signal` has aborted. */
export const withStop = (reader: RangeReader, signal: AbortSignal): RangeReader => ({
  async end(...asked) {
    signal.throwIfAborted();
    return reader.end(...asked);
  },
  async read(...asked) {
    signal.throwIfAborted();
    return reader.read(...asked);
  },
});

/** Reads again what failed, as `retry` says; throws what it throws. */
export const withRetries = (reader: RangeReader, retry: Retry): RangeReader => ({
  end: (...asked) => retry(() => reader.end(...asked)),
  read: (...asked) => retry(() => reader.read(...asked)),
});
