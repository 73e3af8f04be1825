import type { Clock, Vendor } from "../../ports/ports.ts";
import { retryAfterMs } from "../transport/transport.ts";
import type { Permits } from "./permits.ts";

/** What happens to requests, for counts, logs and heartbeats. */
export interface RequestEvents {
  /** A request is sent. */
  sent(): void;
  /** The gate or the vendor has answered, or the request has failed. */
  responded(): void;
  /** The vendor has answered 429. */
  throttled(pauseMs: number): void;
}

/**
 * Sends every request with a permit, and sends it again after a 429 and its pause. So no response of this vendor is a
 * 429; `get` throws `VendorThrottled` where a pause is long.
 */
export function withPermit(vendor: Vendor, permits: Permits, clock: Clock, events: RequestEvents): Vendor {
  return {
    redact: (text) => vendor.redact(text),
    async get(path, signal) {
      for (;;) {
        await permits.acquire(signal, events.responded);
        events.sent();
        const response = await vendor.get(path, signal).finally(events.responded);
        if (response.status !== 429) return response;
        response.discard();
        const pauseMs = retryAfterMs(response.retryAfter, clock.now());
        permits.pauseFor(pauseMs, signal);
        events.throttled(pauseMs);
      }
    },
  };
}
