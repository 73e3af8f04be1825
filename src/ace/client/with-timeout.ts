import { raceTimeout, TIMED_OUT } from "../../concurrency/concurrency.ts";
import type { Clock, Vendor } from "../../ports/ports.ts";
import { VendorFault } from "../faults.ts";

/**
 * Gives the vendor `timeoutMs` for its headers, and as much again for the body once it is read. Later than that the
 * request is cancelled, and the call throws `VendorFault` "timeout". A response has to be read or discarded.
 */
export function withTimeout(vendor: Vendor, clock: Clock, timeoutMs: number): Vendor {
  return {
    redact: (text) => vendor.redact(text),
    async get(path, signal) {
      const request = new AbortController();
      const cancel = () => request.abort();
      if (signal.aborted) cancel();
      signal.addEventListener("abort", cancel, { once: true });
      // Releases the connection, whatever is still unread.
      const end = () => {
        signal.removeEventListener("abort", cancel);
        cancel();
      };
      const inTime = async <T>(work: Promise<T>): Promise<T> => {
        const result = await raceTimeout(clock, timeoutMs, work);
        if (result !== TIMED_OUT) return result;
        throw new VendorFault("timeout", `the ACE API gave no answer within ${timeoutMs} ms`);
      };
      try {
        const response = await inTime(vendor.get(path, request.signal));
        const { status, contentType, retryAfter } = response;
        const bytes = (bytesMax: number) => inTime(response.bytes(bytesMax)).finally(end);
        return { status, contentType, retryAfter, bytes, discard: end };
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}
