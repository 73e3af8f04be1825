import { VendorFault } from "../../ace/faults.ts";
import { type Outcome, outcomeOfFault, readResponse } from "../../ace/transport/transport.ts";
import { raceTimeout, TIMED_OUT } from "../../concurrency/concurrency.ts";
import type { Config } from "../../domain/config.ts";
import type { EpochMs } from "../../domain/day.ts";
import { isFresh } from "../rate-gate/permit.ts";
import type { Fence, SiteContext } from "./context.ts";
import { countRateLimit } from "./state.ts";
import { countAsked } from "./totals.ts";

/** What one question to the API came to once permits, retries and pauses are done with. */
export type Answer<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "no-data" }
  /** The fence fell, or the site is asked to stop. */
  | { readonly kind: "interrupted" }
  /** No permit before then; the work may rest. */
  | { readonly kind: "throttled"; readonly until: EpochMs }
  /** Tries are used up, or there is no point in another. */
  | { readonly kind: "failed"; readonly failed: FailedRequest };

export interface FailedRequest {
  readonly kind: Exclude<Outcome["kind"], "ok" | "no-data" | "throttled" | "aborted">;
  readonly reason: string;
  /** Without the API key. */
  readonly message: string;
}

export interface Question<T> {
  /** The path of the next try; asked each time, for a try may ask for a smaller page. */
  path(): string;
  /** Bytes in memory beside the body while it is decoded. */
  readonly besideBytes: number;
  /** From the body; throws `VendorFault`. Runs while no other page of the isolate is in memory. */
  decode(body: Uint8Array): T;
  /** Asked when its turn to be read has come: whether anybody wants the answer still. */
  wanted(): boolean;
  /** After a failure that a smaller page may cure. True: the tries begin anew. */
  easier(reason: string): boolean;
}

export interface RequestCount {
  requests: number;
  retries: number;
  /** From sending to the last byte, of the last whole answer. */
  latencyMs: number | undefined;
}

/** Asks until there is an answer: a permit for every try, 3 retries after 2, 4 and 8 s, 429 without limit. */
export async function ask<T>(
  context: SiteContext,
  fence: Fence,
  question: Question<T>,
  count: RequestCount,
): Promise<Answer<T>> {
  const { clock, config, gate, log, store } = context;
  const failed = (kind: FailedRequest["kind"], reason: string, message: string): Answer<T> => {
    return { kind: "failed", failed: { kind, reason, message: context.vendor.redact(message) } };
  };
  for (let tries = 0; ; ) {
    const permit = await permitOf(context, fence);
    if (permit !== "permitted") return permit;
    count.requests += 1;
    context.asked.requests += 1;
    const outcome = await once(context, fence, question, count);
    context.alive();
    if (fence.signal.aborted) return { kind: "interrupted" };
    switch (outcome.kind) {
      case "value":
      case "no-data":
        return outcome;
      case "aborted":
        return { kind: "interrupted" };
      case "throttled": {
        const until = clock.now() + outcome.retryAfterMs;
        context.throttles.count += 1;
        context.asked.rateLimited += 1;
        store.tx((sql) => {
          countRateLimit(sql, clock.now());
          countAsked(context, sql);
        });
        log("WARN", `[BACKFILL] Rate limited, waiting ${Math.ceil(outcome.retryAfterMs / 1000)} s`, {
          site: context.site,
          until: new Date(until).toISOString(),
        });
        // Where the gate can't be told, this site at least waits.
        context.throttles.told = gate
          .pauseFor(outcome.retryAfterMs)
          .catch(() => clock.sleep(outcome.retryAfterMs, fence.signal));
        continue;
      }
      case "transient":
      case "unhandled": {
        const reason = outcome.kind === "transient" ? outcome.reason : "5xx";
        tries = question.easier(reason) ? 0 : tries + 1;
        if (tries > config.maxRetries) return failed(outcome.kind, reason, outcome.message);
        count.retries += 1;
        context.asked.retries += 1;
        await clock.sleep(retryDelayMs(config, tries), fence.signal);
        if (fence.signal.aborted) return { kind: "interrupted" };
        continue;
      }
      case "unauthorized":
      case "forbidden":
      case "refused":
      case "protocol":
        return failed(outcome.kind, outcome.kind, outcome.message);
      default:
        outcome satisfies never;
    }
  }
}

/**
 * A permit that is still good. One that reached us late is let go, for its arrival would break the limit; so is
 * one that was on its way when a 429 came.
 */
async function permitOf(
  context: SiteContext,
  fence: Fence,
): Promise<"permitted" | { kind: "interrupted" } | { kind: "throttled"; until: EpochMs }> {
  const { clock, gate } = context;
  while (!fence.signal.aborted) {
    // A question that overtook the news of a 429 would be given a permit.
    await context.throttles.told;
    const throttles = context.throttles.count;
    const askedAt = clock.now();
    const permit = await gate.acquire(context.site).catch(() => undefined);
    if (!permit) {
      // A gate that is being replaced, or hangs, is no fault of the day, and no sign of life: ask the new one.
      await clock.sleep(PEER_RETRY_MS, fence.signal);
      continue;
    }
    context.alive();
    if (fence.signal.aborted) break;
    const waitedMs = clock.now() - askedAt;
    if (permit.kind === "permit") {
      const paused = context.throttles.count !== throttles;
      if (!paused && isFresh(waitedMs, permit)) return "permitted";
      continue;
    }
    // Our clock may have stepped back meanwhile: that is no longer wait.
    const leftMs = permit.retryAt - permit.askedAt - Math.max(0, waitedMs);
    if (leftMs > REST_MS_MIN) return { kind: "throttled", until: clock.now() + leftMs };
    await clock.sleep(Math.max(0, leftMs), fence.signal);
  }
  return { kind: "interrupted" };
}

export const PEER_RETRY_MS = 1_000;

/** However many retries are configured, the last is not days away: by then it would be taken for a call that hangs. */
const RETRY_DELAY_MS_MAX = 600_000;

/** Before the retry of that number, from 1: the configured delay, doubling. */
export function retryDelayMs({ retryBaseDelayMs }: Config, tries: number): number {
  return Math.min(retryBaseDelayMs * 2 ** Math.max(0, tries - 1), RETRY_DELAY_MS_MAX);
}

/** A pause longer than this is slept through without holding calls and memory. */
const REST_MS_MIN = 30_000;

/** Of the largest body, on the slowest machine. */
const PARSE_MS_MAX = 30_000;

type Once<T> = Exclude<Outcome, { kind: "ok" }> | { readonly kind: "value"; readonly value: T };

/** One request, from headers to decoded page. */
async function once<T>(
  context: SiteContext,
  fence: Fence,
  question: Question<T>,
  count: RequestCount,
): Promise<Once<T>> {
  const { clock, isolate, vendor } = context;
  const limit = new AbortController();
  const stop = () => limit.abort();
  fence.signal.addEventListener("abort", stop, { once: true });
  const sentAt = clock.now();
  try {
    const response = await timed(context, limit, vendor.get(question.path(), limit.signal));
    const headersMs = clock.now() - sentAt;
    // One body at a time is read and parsed; the others stay with the vendor until it is their turn.
    const read = async (): Promise<Once<T>> => {
      if (!question.wanted()) return { kind: "aborted", message: "nobody wants it any more" };
      const readAt = clock.now();
      const outcome = await timed(context, limit, readResponse(response, clock.now()));
      if (outcome.kind !== "ok") return outcome;
      count.latencyMs = headersMs + clock.now() - readAt;
      const bytes = outcome.body.length * BYTES_A_BODY_BYTE + question.besideBytes;
      const release = isolate.use(Math.min(bytes, isolate.workBytesMax));
      try {
        return { kind: "value" as const, value: question.decode(outcome.body) };
      } finally {
        release();
      }
    };
    return await isolate.runExclusive(clock, read, context.config.aceTimeoutMs + PARSE_MS_MAX);
  } catch (error) {
    if (fence.signal.aborted) return { kind: "aborted", message: "stopped" };
    return outcomeOfFault(error);
  } finally {
    fence.signal.removeEventListener("abort", stop);
    // Whatever is still unread is let go of, whichever way this ended.
    limit.abort();
  }
}

/** The vendor has `ACE_TIMEOUT_MS` for its headers, and as much again for the body once it is being read. */
async function timed<V>(
  { clock, config }: SiteContext,
  request: AbortController,
  work: Promise<V>,
): Promise<V> {
  const answer = await raceTimeout(clock, config.aceTimeoutMs, work);
  if (answer !== TIMED_OUT) return answer;
  request.abort();
  throw new VendorFault("timeout", `no answer within ${config.aceTimeoutMs} ms`);
}

/**
 * The body itself, and the columns read from it, 0.2. A page that has to be parsed instead has its text and its rows
 * as objects beside it, 2.7 bytes a byte: that much is counted for every page, up to what is set aside. A larger body is
 * only scanned.
 */
export const BYTES_A_BODY_BYTE = 4;
