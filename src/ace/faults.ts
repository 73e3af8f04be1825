/** Faults that another try may cure. */
export type TransientReason = "network" | "timeout" | "5xx" | "truncated" | "malformed" | "too-large";

/**
 * `aborted`: the caller cancelled the request. `protocol`: the API broke a promise that reading its pages depends
 * on; another try does not help, the day fails.
 */
export type FaultReason = TransientReason | "aborted" | "protocol";

export type FaultData = Readonly<Record<string, string | number | boolean | null>>;

/**
 * A request to the vendor failed. The message may quote the response, so it passes `Vendor.redact` before it is
 * logged or stored; the data are for tests and debuggers.
 */
export class VendorFault extends Error {
  readonly kind = "vendor-fault";
  readonly reason: FaultReason;
  readonly data: FaultData;

  constructor(reason: FaultReason, message: string, data: FaultData = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "VendorFault";
    this.reason = reason;
    this.data = data;
  }
}

/** The vendor's rate limit keeps requests waiting, longer than a call waits for. */
export class VendorThrottled extends Error {
  readonly kind = "vendor-throttled";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`no request may be sent for ${retryAfterMs} ms`);
    this.name = "VendorThrottled";
    this.retryAfterMs = retryAfterMs;
  }
}

export function protocolFault(message: string, data: FaultData = {}): VendorFault {
  return new VendorFault("protocol", message, data);
}
