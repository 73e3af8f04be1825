import type { Clock } from "../../ports/ports.ts";
import type { TransientReason } from "../faults.ts";
import { type PageSize, type PageSizeLadder, stepDown } from "../paging/paging.ts";
import type { Decoded } from "../transport/transport.ts";

export interface RetryPolicy {
  readonly clock: Clock;
  /** Retries after the first try, and again after each step down of the page size. */
  readonly retriesMax: number;
  /** Before the first retry; doubles with each. */
  readonly baseDelayMs: number;
  readonly signal: AbortSignal;
  /** Called before the pause of each retry. */
  retried(retry: Retry): void;
}

/** The try of a request that comes next, because the one before has failed. */
export interface Retry {
  /** The number of the next try, from 2. */
  readonly try: number;
  /** Tries at most, if all others fail as well. */
  readonly triesMax: number;
  readonly delayMs: number;
  /** Why the last try failed. May quote the response, and so passes `Vendor.redact`. */
  readonly message: string;
}

/** However many retries are configured, the last is not days away: it would count as a call that hangs. */
const RETRY_DELAY_MS_MAX = 600_000;

/** The pause before the retry of that number, from 1. */
export function retryDelayMs(baseDelayMs: number, retry: number): number {
  return Math.min(baseDelayMs * 2 ** Math.max(0, retry - 1), RETRY_DELAY_MS_MAX);
}

/** A try of a request: its page size, and how many retries came before it at that size. */
export interface Attempt {
  readonly ladder: PageSizeLadder;
  readonly retry: number;
  /** Whether any try came before. */
  readonly again: boolean;
}

/**
 * The attempt after a failed one; undefined after the last. The first failure may be accidental, so the page size
 * steps down after the second, and at once after a body that was too large; then the retries start again. Pure.
 */
export function nextAttempt(
  { ladder, retry, again }: Attempt,
  reason: TransientReason,
  retriesMax: number,
): Attempt | undefined {
  const lower = again || reason === "too-large" ? stepDown(ladder) : ladder;
  const next = lower.size < ladder.size ? 0 : retry + 1;
  return next > retriesMax ? undefined : { ladder: lower, retry: next, again: true };
}

/** Tries that may still come after this one, if all of them fail with a 5xx. Pure. */
function triesLeft(attempt: Attempt, retriesMax: number): number {
  const next = nextAttempt(attempt, "5xx", retriesMax);
  return next ? 1 + triesLeft(next, retriesMax) : 0;
}

/**
 * Tries `request` until its outcome is final: success, a failure that another try does not cure, or the last retry's.
 * Returns the page size with it, and the number of tries. `request` sends, reads and decodes: a body that does not decode is tried again too.
 */
export async function withRetry<T>(
  { clock, retriesMax, baseDelayMs, signal, retried }: RetryPolicy,
  ladder: PageSizeLadder,
  request: (pageSize: PageSize) => Promise<Decoded<T>>,
): Promise<{ readonly outcome: Decoded<T>; readonly ladder: PageSizeLadder; readonly tries: number }> {
  let attempt: Attempt = { ladder, retry: 0, again: false };
  for (let tries = 1; ; tries++) {
    const outcome = await request(attempt.ladder.size);
    if (signal.aborted) return { outcome: CANCELLED, ladder: attempt.ladder, tries };
    if (outcome.kind !== "transient" && outcome.kind !== "unhandled")
      return { outcome, ladder: attempt.ladder, tries };
    const next = nextAttempt(attempt, outcome.kind === "transient" ? outcome.reason : "5xx", retriesMax);
    if (!next) return { outcome, ladder: attempt.ladder, tries };
    attempt = next;
    const delayMs = retryDelayMs(baseDelayMs, attempt.retry);
    const triesMax = tries + 1 + triesLeft(attempt, retriesMax);
    retried({ try: tries + 1, triesMax, delayMs, message: outcome.message });
    await clock.sleep(delayMs, signal);
    if (signal.aborted) return { outcome: CANCELLED, ladder: attempt.ladder, tries };
  }
}

const CANCELLED = { kind: "aborted", message: "cancelled" } as const;
