/**
 * The vendor behind a stack of ports. `withTimeout` wraps the transport, `withPermit` wraps that, and `withRetry` tries
 * what is built on them again. Who uses the stack sees neither permits nor pauses of the gate.
 */
export { Permits } from "./permits.ts";
export { type RequestEvents, withPermit } from "./with-permit.ts";
export { type Retry, retryDelayMs, withRetry } from "./with-retry.ts";
export { withTimeout } from "./with-timeout.ts";
