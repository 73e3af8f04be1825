import type { EpochMs } from "../../domain/day.ts";
import { BODY_BYTES_MAX } from "../../domain/limits.ts";
import type { VendorResponse } from "../../ports/ports.ts";
import { vendorMessage, vendorPageTitle } from "../body-text.ts";
import { type TransientReason, VendorFault, VendorThrottled } from "../faults.ts";
import { ERROR_BODY_BYTES_MAX } from "../limits.ts";
import { retryAfterMs, statedPauseMs } from "./retry-after.ts";

/**
 * The result of a request, classified. Messages are bounded; they quote the response, and so pass `Vendor.redact`
 * before they are logged or stored.
 */
export type Outcome =
  | { readonly kind: "ok"; readonly body: Uint8Array }
  /** "No data for time period": means empty for a window's first request only, see `advanceNoData`. */
  | { readonly kind: "no-data" }
  | { readonly kind: "throttled"; readonly retryAfterMs: number }
  /** A 5xx with a usable `Retry-After`. Only its request waits, because it says nothing about the key's limit. */
  | { readonly kind: "paused"; readonly pauseMs: number; readonly message: string }
  | { readonly kind: "transient"; readonly reason: TransientReason; readonly message: string }
  | { readonly kind: "unauthorized"; readonly message: string }
  | { readonly kind: "forbidden"; readonly message: string }
  /** The 500 that also answers an invalid key. Retried like a 5xx; on a run's first call it means a bad key. */
  | { readonly kind: "unhandled"; readonly message: string }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  | { readonly kind: "protocol"; readonly message: string }
  | { readonly kind: "aborted"; readonly message: string };

/** The outcome of a request whose body is decoded. */
export type Decoded<T> = Exclude<Outcome, { kind: "ok" }> | { readonly kind: "value"; readonly value: T };

export type ResponseHead = Pick<VendorResponse, "status" | "contentType" | "retryAfter">;

/**
 * Reads as much of the response as its outcome needs, and discards the rest. Never throws a `VendorFault`. A 200
 * whose JSON is bad is still "ok" here: decoding it throws, see `outcomeOfFault`.
 */
export async function readResponse(
  response: VendorResponse,
  now: EpochMs,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<Outcome> {
  try {
    return classify(response, await readNeeded(response, bytesMax), now);
  } catch (error) {
    return outcomeOfFault(error);
  }
}

/** What status, headers and body of a response mean. `now` is for a `Retry-After` that is a date. */
export function classify(head: ResponseHead, body: Uint8Array, now: EpochMs): Outcome {
  const { status } = head;
  if (isPage(head)) return { kind: "ok", body };
  const said = vendorMessage(body);
  const message = answered(head, body, said);
  if (status === 200) return transient("malformed", `${message}, which is not JSON`);
  if (status === 429) return { kind: "throttled", retryAfterMs: retryAfterMs(head.retryAfter, now) };
  if (status === 401) return { kind: "unauthorized", message };
  if (status === 403) return { kind: "forbidden", message };
  if (status === 404 && isJson(head) && says(said, "No data for time period")) return { kind: "no-data" };
  const pauseMs = status >= 500 && status <= 599 ? statedPauseMs(head.retryAfter, now) : undefined;
  if (pauseMs !== undefined) return { kind: "paused", pauseMs, message };
  if (status === 500 && says(said, "An unhandled exception occurred")) return { kind: "unhandled", message };
  if (status >= 500 && status <= 599) return transient("5xx", message);
  if (status >= 400 && status <= 499) return { kind: "refused", status, message };
  if (status >= 300 && status <= 399) {
    // Following it would send the key to another server.
    return {
      kind: "refused",
      status,
      message: `the ACE API answered ${status}, a redirect, which was not followed`,
    };
  }
  if (status > 200 && status <= 299) return transient("malformed", `${message}, which is not a page`);
  return { kind: "protocol", message };
}

/** Who answered what: of an HTML page its title, of anything else what it says. */
function answered({ status, contentType }: ResponseHead, body: Uint8Array, said: string): string {
  const isHtml = /html/i.test(contentType);
  const quote = isHtml ? vendorPageTitle(body) : said;
  // Titles often begin with the status.
  const words = quote.startsWith(`${status} `) ? quote.slice(String(status).length + 1) : quote;
  const what = words === "" || words === String(status) ? "without a message" : `"${words}"`;
  return `the ACE API answered ${status} ${what}${isHtml ? " in HTML" : ""}`;
}

/** The outcome of a request that threw `error`. Rethrows anything but faults of the vendor. */
export function outcomeOfFault(error: unknown): Exclude<Outcome, { kind: "ok" }> {
  if (error instanceof VendorThrottled) return { kind: "throttled", retryAfterMs: error.retryAfterMs };
  if (!(error instanceof VendorFault)) throw error;
  const { reason } = error;
  const message = faultText(error);
  if (reason === "aborted" || reason === "protocol") return { kind: reason, message };
  return transient(reason, message);
}

/** The message of a fault with who is at fault in it: that of an answer speaks of the answer alone. */
export function faultText({ reason, message }: VendorFault): string {
  switch (reason) {
    case "truncated":
    case "malformed":
    case "too-large":
    case "protocol":
      return `the ACE API's answer can't be used: ${message}`;
    case "network":
    case "timeout":
    case "5xx":
    case "aborted":
      return message;
    default:
      return reason satisfies never;
  }
}

function transient(reason: TransientReason, message: string): Extract<Outcome, { kind: "transient" }> {
  return { kind: "transient", reason, message };
}

/** The body of a page; of an error as much as can be read, because its status alone tells enough. */
async function readNeeded(response: VendorResponse, bytesMax: number): Promise<Uint8Array> {
  const { status } = response;
  if (isPage(response)) return response.bytes(bytesMax);
  if (status === 429 || (status >= 300 && status <= 399)) {
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

const isPage = (head: ResponseHead) => head.status === 200 && isJson(head);

function isJson({ contentType }: ResponseHead): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType.trim());
}

/** Whether `said` is `message`, with or without a full stop at its end. */
function says(said: string, message: string): boolean {
  return said.toLowerCase().replace(/\.$/, "") === message.toLowerCase();
}
