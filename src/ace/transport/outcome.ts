import type { EpochMs } from "../../domain/day.ts";
import { BODY_BYTES_MAX } from "../../domain/limits.ts";
import type { VendorResponse } from "../../ports/ports.ts";
import { decodeLeniently } from "../decode-text.ts";
import { vendorMessage } from "../excerpt.ts";
import { isTransient, type TransientReason, VendorFault } from "../faults.ts";
import { ERROR_BODY_BYTES_MAX } from "../limits.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * What one request came to, in the terms of the failure table. Messages are bounded; they quote the answer, and so
 * pass `Vendor.redact` before anybody sees them.
 */
export type Outcome =
  | { readonly kind: "ok"; readonly body: Uint8Array }
  /** "No data for time period": means empty for a window's first request only, see `stepNoData`. */
  | { readonly kind: "no-data" }
  | { readonly kind: "throttled"; readonly retryAfterMs: number }
  | { readonly kind: "transient"; readonly reason: TransientReason; readonly message: string }
  | { readonly kind: "unauthorized"; readonly message: string }
  | { readonly kind: "forbidden"; readonly message: string }
  /** The 500 that also answers an invalid key. Retried like a 5xx; on a run's first call it accuses the key. */
  | { readonly kind: "unhandled"; readonly message: string }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "protocol"; readonly message: string }
  | { readonly kind: "aborted"; readonly message: string };

export type ResponseHead = Pick<VendorResponse, "status" | "contentType" | "retryAfter">;

/**
 * Reads as much of the response as its outcome needs, and lets go of the rest. Never throws a `VendorFault`;
 * a 200 whose JSON is bad is still "ok" here: decoding throws, see `outcomeOfFault`.
 */
export async function settle(
  response: VendorResponse,
  now: EpochMs,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<Outcome> {
  try {
    if (response.status === 200 && isJson(response.contentType)) {
      return { kind: "ok", body: await response.bytes(bytesMax) };
    }
    return classify(response, await readErrorBody(response), now);
  } catch (error) {
    return outcomeOfFault(error);
  }
}

/** What status, headers and body of a response mean. `now` is for a `Retry-After` that is a date. */
export function classify(head: ResponseHead, body: Uint8Array, now: EpochMs): Outcome {
  const { status } = head;
  const json = isJson(head.contentType);
  if (status === 200 && json) return { kind: "ok", body };
  const said = vendorMessage(decodeLeniently(body));
  const message = `${status}: ${said || "no message"}`;
  if (status === 200) return transient("malformed", `not JSON, ${message}`);
  if (status === 429) return { kind: "throttled", retryAfterMs: retryAfterMs(head.retryAfter, now) };
  if (status === 401) return { kind: "unauthorized", message };
  if (status === 403) return { kind: "forbidden", message };
  if (status === 404 && json && says(said, "No data for time period")) return { kind: "no-data" };
  if (status === 500 && says(said, "An unhandled exception occurred")) return { kind: "unhandled", message };
  if (status >= 500 && status <= 599) return transient("5xx", message);
  if (status >= 400 && status <= 499) return { kind: "refused", status, message };
  if (status >= 300 && status <= 399) {
    // The key must not travel to wherever it points.
    return { kind: "refused", status, message: `${status}: a redirect, which was not followed` };
  }
  if (status > 200 && status <= 299) return transient("malformed", `a page was asked for, ${message}`);
  return { kind: "protocol", message };
}

/** The outcome of a request that threw while it was sent, read or decoded. Rethrows what is no `VendorFault`. */
export function outcomeOfFault(error: unknown): Exclude<Outcome, { kind: "ok" }> {
  if (!(error instanceof VendorFault)) throw error;
  const { reason, message } = error;
  if (isTransient(reason)) return transient(reason, message);
  return { kind: reason, message };
}

function transient(reason: TransientReason, message: string): Extract<Outcome, { kind: "transient" }> {
  return { kind: "transient", reason, message };
}

/** An error's status speaks for itself: where its body can't be had, it is taken for an empty one. */
async function readErrorBody(response: VendorResponse): Promise<Uint8Array> {
  if (response.status === 429 || (response.status >= 300 && response.status <= 399)) {
    response.discard();
    return NOTHING;
  }
  try {
    return await response.bytes(ERROR_BODY_BYTES_MAX);
  } catch (error) {
    if (error instanceof VendorFault && error.reason !== "aborted") return NOTHING;
    throw error;
  }
}

const NOTHING = new Uint8Array();

function isJson(contentType: string): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType.trim());
}

/** Whether this message is all that the vendor said; its closing full stop is not relied on. */
function says(said: string, message: string): boolean {
  return said.toLowerCase().replace(/\.$/, "") === message.toLowerCase();
}
