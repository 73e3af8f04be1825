import type { Vendor } from "../../ports/ports.ts";
import { redact } from "../body-text.ts";
import { VendorFault } from "../faults.ts";
import { readBody } from "./read-body.ts";

export { type Decoded, faultText, type Outcome, outcomeOfFault, readResponse } from "./outcome.ts";
export { retryAfterMs } from "./retry-after.ts";

export interface FetchVendorOptions {
  /** The API's base URL, with or without a slash at the end. */
  readonly base: string;
  /** Sent in the Authorization header and nowhere else: see `redact`. */
  readonly key: string;
}

/**
 * The ACE API over the platform's `fetch`. An aborted request fails with the reason of its signal: "timeout" for a
 * `TimeoutError`, "aborted" for anything else.
 */
export function fetchVendor({ base, key }: FetchVendorOptions): Vendor {
  const root = base.replace(/\/+$/, "");
  const headers = requestHeaders(key);
  return {
    async get(path, signal) {
      try {
        // A redirect is not followed, because it would send the key to another server.
        const response = await fetch(`${root}/${path}`, { headers, signal, redirect: "manual" });
        return {
          status: response.status,
          contentType: response.headers.get("content-type") ?? "",
          retryAfter: response.headers.get("retry-after") ?? undefined,
          bytes: (bytesMax) => readWhole(response, bytesMax, signal),
          discard() {
            // Fails for a body that is being read or has broken off, and then there is nothing to cancel.
            response.body?.cancel().catch(() => undefined);
          },
        };
      } catch (cause) {
        throw transportFault(cause, signal);
      }
    },
    redact: (text) => redact(text, key),
  };
}

function requestHeaders(key: string): Headers {
  // Checked here because the platform's own error for a bad header quotes its value.
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new Error("the API key is empty or holds characters that no header can carry");
  return new Headers({ Accept: "application/json", Authorization: `Bearer ${key}` });
}

async function readWhole(response: Response, bytesMax: number, signal: AbortSignal): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const length = Number(response.headers.get("content-length"));
  try {
    return await readBody(response.body, length, bytesMax);
  } catch (error) {
    throw error instanceof VendorFault ? error : transportFault(error, signal);
  }
}

function transportFault(cause: unknown, signal: AbortSignal): VendorFault {
  if (!signal.aborted)
    return new VendorFault("network", "the connection to the ACE API failed or broke off", {}, { cause });
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "TimeoutError") {
    return new VendorFault("timeout", "the ACE API gave no complete answer in time", {}, { cause });
  }
  return new VendorFault("aborted", "the request was cancelled", {}, { cause });
}
