import { type Retry, withPermit, withRetry, withTimeout } from "../ace/client/client.ts";
import type { PageSize, PageSizeLadder } from "../ace/paging/paging.ts";
import { type Decoded, outcomeOfFault, readResponse } from "../ace/transport/transport.ts";
import type { Reservation } from "../object/isolate/isolate.ts";
import type { Vendor } from "../ports/ports.ts";
import type { FailedRequest } from "./failed-request.ts";
import type { FetchContext } from "./fetch-context.ts";

/** The API states a pause for one request, and says nothing about the key's limit. */
export interface StatedPause {
  readonly kind: "paused";
  readonly pauseMs: number;
  /** Without the API key. */
  readonly message: string;
}

/** The outcome of a request that was tried until it succeeded or is not to be tried again. */
type Requested<T> =
  | Extract<Decoded<T>, { readonly kind: "value" | "no-data" }>
  | { readonly kind: "aborted" | "throttled" }
  | StatedPause
  | { readonly kind: "failed"; readonly failed: FailedRequest };

/** How the body of a response is read. */
export interface BodyReader<T> {
  /** Bytes in memory beside the body while it is decoded. */
  readonly besideBytes: number;
  /** Whether the body is still needed; called when its turn has come. */
  isNeeded(): boolean;
  /** Throws `VendorFault`. Runs while no other body of the isolate is in memory. */
  decode(body: Uint8Array): T;
}

/** The longest time that decoding takes: of the largest body, on the slowest machine. */
const DECODE_MS_MAX = 30_000;

/**
 * Memory for a byte of a body: the body itself, and the columns read from it, 0.2. A page that has to be parsed has its
 * text and its rows as objects beside it, 2.7 bytes a byte: that much is counted for every page, up to what is set
 * aside. A larger body is only scanned.
 */
export const BYTES_A_BODY_BYTE = 4;

/** The vendor's API as a run of a window, or a list of points, requests it: with permits, time limits and retries. */
export class ApiClient {
  readonly #context: FetchContext;
  readonly #memory: Reservation;
  readonly #vendor: Vendor;
  #sentAt = 0;
  requests = 0;
  retries = 0;
  /** From sending to the last byte, of the last whole response. */
  latencyMs: number | undefined;

  /** Every response is a sign of life, and renews `memory`. */
  constructor(context: FetchContext, memory: Reservation) {
    const { clock, config, permits, vendor } = context;
    this.#context = context;
    this.#memory = memory;
    this.#vendor = withPermit(withTimeout(vendor, clock, config.aceTimeoutMs), permits, clock, {
      sent: () => this.#sent(),
      responded: () => this.#responded(),
      throttled: (pauseMs) => context.requests.throttled(pauseMs),
    });
  }

  /**
   * Tries `request` again after transient failures, `MAX_RETRIES` times at each page size: see `withRetry`. After a 429
   * that outlasts a retry the site waits. A stated pause of a 5xx uses up no try: the caller waits for it.
   */
  async retrying<T>(
    ladder: PageSizeLadder,
    request: (pageSize: PageSize) => Promise<Decoded<T>>,
  ): Promise<{ readonly outcome: Requested<T>; readonly ladder: PageSizeLadder }> {
    const context = this.#context;
    const { clock, config, fence, requests, vendor } = context;
    const policy = {
      clock,
      retriesMax: config.maxRetries,
      baseDelayMs: config.retryBaseDelayMs,
      signal: fence.signal,
      retried: ({ try: number, triesMax, delayMs, message }: Retry) => {
        this.retries += 1;
        const reason = vendor.redact(message);
        requests.retrying({ try: number, triesMax, reason, nextAt: clock.now() + delayMs });
      },
    };
    const {
      outcome,
      ladder: after,
      tries,
    } = await withRetry(policy, ladder, request).finally(() => requests.retrying(undefined));
    switch (outcome.kind) {
      case "value":
      case "no-data":
      case "aborted":
        return { outcome, ladder: after };
      case "throttled":
        requests.postponed(outcome.retryAfterMs);
        return { outcome, ladder: after };
      case "paused":
        return { outcome: { ...outcome, message: vendor.redact(outcome.message) }, ladder: after };
      default:
        return { outcome: { kind: "failed", failed: failedRequest(vendor, outcome, tries) }, ladder: after };
    }
  }

  /** A single request: the headers, the turn of its body, the body, decoded. */
  async get<T>(path: string, reader: BodyReader<T>): Promise<Decoded<T>> {
    const { clock, config, fence, isolate } = this.#context;
    try {
      const response = await this.#vendor.get(path, fence.signal);
      const headersMs = clock.now() - this.#sentAt;
      // A body at a time is read and decoded; the others stay with the vendor until their turn.
      const read = async (): Promise<Decoded<T>> => {
        if (!reader.isNeeded()) return { kind: "aborted", message: "no longer needed" };
        const readAt = clock.now();
        const outcome = await readResponse(response, readAt);
        if (outcome.kind !== "ok") return outcome;
        this.latencyMs = headersMs + clock.now() - readAt;
        return { kind: "value", value: this.#decode(outcome.body, reader) };
      };
      return await isolate
        .runExclusive(clock, read, config.aceTimeoutMs + DECODE_MS_MAX)
        .finally(() => response.discard());
    } catch (error) {
      if (fence.signal.aborted) return { kind: "aborted", message: "cancelled" };
      return outcomeOfFault(error);
    } finally {
      this.#responded();
    }
  }

  #decode<T>(body: Uint8Array, { besideBytes, decode }: BodyReader<T>): T {
    const { isolate } = this.#context;
    const bytes = body.length * BYTES_A_BODY_BYTE + besideBytes;
    const release = isolate.use(Math.min(bytes, isolate.workBytesMax));
    try {
      return decode(body);
    } finally {
      release();
    }
  }

  #sent(): void {
    this.#sentAt = this.#context.clock.now();
    this.requests += 1;
    this.#context.requests.sent();
  }

  #responded(): void {
    this.#context.heartbeat();
    this.#memory.renew();
  }
}

type Failure = Exclude<
  Decoded<never>,
  { readonly kind: "value" | "no-data" | "throttled" | "paused" | "aborted" }
>;

/** A final failure as the site's rules and its errors name it, without the API key. */
function failedRequest(vendor: Vendor, failure: Failure, tries: number): FailedRequest {
  const { kind, message } = failure;
  const status = kind === "refused" ? failure.status : undefined;
  const reason = kind === "transient" ? failure.reason : kind === "unhandled" ? "5xx" : kind;
  return { kind, reason, status, message: vendor.redact(message), tries };
}
