import type { NotStarted, Status } from "../../../src/contract/backfill.ts";
import { EventParser } from "./event-parser.ts";
import type { Result } from "./worker-client.ts";

export type StatusResponse = Status | NotStarted;

/** What following the status yields. */
export type Update =
  | { readonly kind: "status"; readonly status: StatusResponse; readonly by: "stream" | "poll" }
  /** The stream is alive, and the status has not changed. */
  | { readonly kind: "heartbeat" }
  | { readonly kind: "no-response"; readonly why: string }
  /** The API key is no longer accepted: this is the last update. */
  | { readonly kind: "unauthorized"; readonly status: number };

export interface StatusSource {
  events(signal: AbortSignal): Promise<Response>;
  status(signal: AbortSignal): Promise<Result<StatusResponse>>;
  /** Ends early when the signal aborts; never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The Worker sends an event or a heartbeat every 1.5 s, and every 4.5 s while a site does not respond. */
export const SILENCE_MS_MAX = 5_000;
/** The first response can take longer: a Worker starts, or a proxy buffers the stream, and then the page polls. */
export const FIRST_RESPONSE_MS_MAX = 10_000;
/** As often as the Worker reads the status for a stream. */
export const POLL_MS = 1_500;
/** After so many polls the stream is tried again. */
export const POLLS_PER_STREAM = 20;

/** While the page polls, a stream that does not open in this time delays no poll until the status is too old. */
export const STREAM_RETRY_MS_MAX = 2_000;

/**
 * Yields the status whenever it changes: from an event stream, and by polling without one. Ends with the signal. A stream
 * that breaks yields nothing: the poll that follows at once shows whether the Worker responds.
 */
export async function* followStatus(source: StatusSource, signal: AbortSignal): AsyncGenerator<Update, void> {
  let openMs = FIRST_RESPONSE_MS_MAX;
  while (!signal.aborted) {
    let streamWorks = false;
    for await (const update of streamed(source, signal, openMs)) {
      yield update;
      if (update.kind === "unauthorized") return;
      streamWorks = true;
    }
    openMs = streamWorks ? FIRST_RESPONSE_MS_MAX : STREAM_RETRY_MS_MAX;
    // The Worker ends a stream after ten minutes; one poll covers the gap until the next stream.
    for (let polls = 0; polls < (streamWorks ? 1 : POLLS_PER_STREAM) && !signal.aborted; polls++) {
      if (polls > 0) await source.sleep(POLL_MS, signal);
      const update = await polled(source, signal);
      if (update) yield update;
      if (update?.kind === "unauthorized") return;
    }
    if (streamWorks) await source.sleep(1_000, signal);
  }
}

async function polled(source: StatusSource, signal: AbortSignal): Promise<Update | undefined> {
  const attempt = new AbortController();
  try {
    const request = source.status(AbortSignal.any([signal, attempt.signal]));
    const result = await withTimeout(source, attempt, FIRST_RESPONSE_MS_MAX, request);
    if (signal.aborted) return undefined;
    if (result.ok) return { kind: "status", status: result.body, by: "poll" };
    return unauthorized(result.error.status) ?? { kind: "no-response", why: result.error.message };
  } catch (error) {
    return { kind: "no-response", why: (error as Error).message };
  }
}

async function* streamed(
  source: StatusSource,
  signal: AbortSignal,
  openMs: number,
): AsyncGenerator<Update, void> {
  const attempt = new AbortController();
  try {
    const opening = source.events(AbortSignal.any([signal, attempt.signal]));
    const response = await withTimeout(source, attempt, openMs, opening);
    const rejected = unauthorized(response.status);
    if (rejected) yield rejected;
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    let timeoutMs = openMs;
    while (!signal.aborted) {
      const { done, value } = await withTimeout(source, attempt, timeoutMs, reader.read());
      if (done) return;
      timeoutMs = SILENCE_MS_MAX;
      for (const event of parser.push(value)) {
        if (event === "comment") yield { kind: "heartbeat" };
        else if (event.event === "status")
          yield { kind: "status", status: JSON.parse(event.data) as StatusResponse, by: "stream" };
      }
    }
  } catch {
    // The poll that follows says why.
  } finally {
    // Without the abort the Worker would keep the stream open for up to ten minutes.
    attempt.abort();
  }
}

/** Awaits `pending`; aborts the attempt and throws when it takes too long, because a connection can break silently. */
async function withTimeout<T>(
  source: StatusSource,
  attempt: AbortController,
  timeoutMs: number,
  pending: Promise<T>,
): Promise<T> {
  const settled = new AbortController();
  const timeout = source.sleep(timeoutMs, settled.signal).then(() => {
    if (settled.signal.aborted) return pending;
    throw new Error(`No response for ${timeoutMs / 1000} s`);
  });
  try {
    return await Promise.race([pending, timeout]);
  } catch (error) {
    attempt.abort();
    pending.catch(() => {});
    throw error;
  } finally {
    settled.abort();
    timeout.catch(() => {});
  }
}

function unauthorized(status: number): Update | undefined {
  return status === 401 || status === 403 ? { kind: "unauthorized", status } : undefined;
}
