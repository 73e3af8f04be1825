import type { Clock, Log } from "../../ports/ports.ts";

export interface StatusSource {
  /** The status as JSON in one line. May throw: a Durable Object that is moved does not respond for a moment. */
  read(): Promise<string>;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
}

export const POLL_MS = 2_000;
/** Proxies close connections that are silent for half a minute or more. */
export const HEARTBEAT_MS = 15_000;
/** A forgotten tab must not poll for ever; a reader that still wants the events reconnects. */
export const STREAM_MS_MAX = 600_000;

/**
 * Server-sent events: `status` with `first` at once and then on every change; a comment as heartbeat after
 * `HEARTBEAT_MS` without an event. Ends when `signal` aborts, after `STREAM_MS_MAX`, or when a heartbeat is due and the
 * status can't be read, because a heartbeat tells readers that the status has not changed.
 */
export async function* statusEvents(
  first: string,
  source: StatusSource,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { clock } = source;
  const endsAt = clock.now() + STREAM_MS_MAX;
  let sent = first;
  let lastSentAt = clock.now();
  yield statusEvent(first);
  while (!signal.aborted && clock.now() < endsAt) {
    const heartbeatDueAt = lastSentAt + HEARTBEAT_MS;
    await clock.sleep(Math.max(1, Math.min(POLL_MS, heartbeatDueAt - clock.now())), signal);
    if (signal.aborted) return;
    const read = await source.read().catch((fault: unknown) => {
      source.log("WARN", "Status for an event stream could not be read", { error: String(fault) });
      return undefined;
    });
    if (read !== undefined && read !== sent) {
      sent = read;
      lastSentAt = clock.now();
      yield statusEvent(read);
    } else if (clock.now() >= heartbeatDueAt) {
      if (read === undefined) return;
      lastSentAt = clock.now();
      yield ": heartbeat\n\n";
    }
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
