import type { Outcome } from "../ace/transport/transport.ts";

/** A request that failed for good. */
export interface FailedRequest {
  readonly kind: Exclude<Outcome["kind"], "ok" | "no-data" | "throttled" | "paused" | "aborted">;
  readonly reason: string;
  /** Of a response that refused the request. */
  readonly status?: number | undefined;
  /** How often it was sent; undefined where its responses are not the reason. */
  readonly tries?: number | undefined;
  /** Set if stated pauses have lasted so long that they count as an outage: the site waits at least this long. */
  readonly outageMs?: number | undefined;
  /** Without the API key. */
  readonly message: string;
}

/** The failure with the request in its message, as people count, and how often it was sent. */
export function naming(failed: FailedRequest, request: string): FailedRequest {
  const { message, tries } = failed;
  const times = tries === undefined ? "" : `, ${tries} ${tries === 1 ? "try" : "tries"}`;
  return { ...failed, message: `${message} (${request}${times})` };
}

/** Why a site can't work until an operator acts, after a request that shows it. */
export function haltReason(site: string, failed: FailedRequest): string {
  switch (failed.kind) {
    case "unauthorized":
      return `The API refuses the key ACE_API_KEY (${failed.message}). Set a valid one and start again.`;
    case "unhandled":
      return (
        `The API fails on the first call of the run (${failed.message}), as it does for an invalid key: ` +
        "check ACE_API_KEY, then start again."
      );
    case "forbidden":
      return `The API refuses access to site ${site} (${failed.message}). Check SITE_NAME and the key's rights.`;
    default:
      return `The points list of site ${site} can't be used: ${failed.message}`;
  }
}

/** The API could not be reached, or answered as it does where it can't be. */
export function isUnreachable(failed: FailedRequest): boolean {
  return failed.kind === "transient" || failed.kind === "unhandled";
}
