/** Faults that another try may heal. */
export const TRANSIENT_REASONS = [
  "network",
  "timeout",
  "5xx",
  "truncated",
  "malformed",
  "too-large",
] as const;

export type TransientReason = (typeof TRANSIENT_REASONS)[number];

/**
 * `aborted`: the caller gave up, not the vendor. `protocol`: the API broke a promise that the reading of its
 * pages rests on; another try is no cure, the day fails.
 */
export type FaultReason = TransientReason | "aborted" | "protocol";

export type FaultData = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Something went wrong between us and the vendor. Message and data may quote an answer: the message passes
 * `Vendor.redact` before anybody sees it, the data are for tests and debuggers.
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

export function protocolFault(message: string, data: FaultData = {}): VendorFault {
  return new VendorFault("protocol", message, data);
}

export function isTransient(reason: FaultReason): reason is TransientReason {
  return reason !== "aborted" && reason !== "protocol";
}
