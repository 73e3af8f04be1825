import type { Clock, Log } from "../../ports/ports.ts";

export interface StatusSource {
  /** The status as JSON in one line. May throw: a Durable Object that is moved does not respond for a moment. */
  read(): Promise<string>;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
}

/**
 * From the start of one read of the status to the start of the next. With a read of 3 s, for which a status waits for a site
 * that does not respond, a reader still receives something every 4.5 s.
 */
export const POLL_MS = 1_500;
/** After a read that took longer. */
export const POLL_PAUSE_MS_MIN = 500;
/** Reads of the status that may fail in a row. */
export const FAILED_READS_MAX = 10;
/** A forgotten tab must not poll for ever; a reader that still wants the events reconnects. */
export const STREAM_MS_MAX = 600_000;

/**
 * Server-sent events: `status` with `first` at once and then on every change; after every read that found none, a comment as
 * heartbeat, so that a reader sees within seconds that the connection is lost. A read that fails sends none, because a
 * heartbeat tells readers that the status has not changed. Ends when `signal` aborts, after `STREAM_MS_MAX`, or after
 * `FAILED_READS_MAX` failed reads in a row.
 */
export async function* statusEvents(
  first: string,
  source: StatusSource,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { clock } = source;
  const endsAt = clock.now() + STREAM_MS_MAX;
  let sent = first;
  let failedReads = 0;
  let readAt = clock.now();
  yield statusEvent(first);
  while (!signal.aborted && clock.now() < endsAt) {
    await clock.sleep(Math.max(POLL_PAUSE_MS_MIN, readAt + POLL_MS - clock.now()), signal);
    if (signal.aborted) return;
    readAt = clock.now();
    const read = await source.read().catch((fault: unknown) => {
      source.log("WARN", "Status for an event stream could not be read", { error: String(fault) });
      return undefined;
    });
    failedReads = read === undefined ? failedReads + 1 : 0;
    if (failedReads === FAILED_READS_MAX) return;
    if (read === undefined) continue;
    yield read === sent ? ": heartbeat\n\n" : statusEvent(read);
    sent = read;
  }
}

/** Reads an event when the client takes it: a slow client causes fewer polls, never a growing queue. */
export function eventStream(
  events: (signal: AbortSignal) => AsyncGenerator<string, void>,
  clientSignal: AbortSignal,
): Response {
  const disconnected = new AbortController();
  const lines = events(AbortSignal.any([clientSignal, disconnected.signal]));
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel() {
      disconnected.abort();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

const statusEvent = (json: string) => `event: status\ndata: ${json}\n\n`;
