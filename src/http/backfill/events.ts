import type { Clock, Log } from "../../ports/ports.ts";

export interface StatusSource {
  /** The status as JSON, in one line. May throw: an object that moves is away for a moment. */
  read(): Promise<string>;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
}

export const POLL_MS = 2_000;
/** Proxies close connections that are silent for half a minute or more. */
export const HEARTBEAT_MS = 15_000;
/** A forgotten tab must not ask for ever; a reader that is still there connects again. */
export const STREAM_MS_MAX = 600_000;

/**
 * Server-sent events: `status` with `first` at once, then whenever it changed; a comment where nothing was
 * said for `HEARTBEAT_MS`. Ends when `signal` aborts or after `STREAM_MS_MAX`; and where a heartbeat is due and the
 * status can't be read, for readers take it for word that nothing has changed.
 */
export async function* statusEvents(
  first: string,
  source: StatusSource,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { clock } = source;
  const endsAt = clock.now() + STREAM_MS_MAX;
  let shown = first;
  let spokeAt = clock.now();
  yield statusEvent(first);
  while (!signal.aborted && clock.now() < endsAt) {
    const silenceEndsAt = spokeAt + HEARTBEAT_MS;
    await clock.sleep(Math.max(1, Math.min(POLL_MS, silenceEndsAt - clock.now())), signal);
    if (signal.aborted) return;
    const read = await readOrLog(source);
    if (read !== undefined && read !== shown) {
      shown = read;
      spokeAt = clock.now();
      yield statusEvent(read);
    } else if (clock.now() >= silenceEndsAt) {
      if (read === undefined) return;
      spokeAt = clock.now();
      yield ": heartbeat\n\n";
    }
  }
}

/** Pulls only what the reader takes: a slow one causes fewer polls, never a growing queue. */
export function eventStream(
  events: (signal: AbortSignal) => AsyncGenerator<string, void>,
  clientSignal: AbortSignal,
): Response {
  const gone = new AbortController();
  clientSignal.addEventListener("abort", () => gone.abort(), { once: true });
  if (clientSignal.aborted) gone.abort();
  const lines = events(gone.signal);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

function statusEvent(json: string): string {
  return `event: status\ndata: ${json}\n\n`;
}

async function readOrLog(source: StatusSource): Promise<string | undefined> {
  try {
    return await source.read();
  } catch (fault) {
    source.log("WARN", "Status for an event stream could not be read", { error: String(fault) });
    return undefined;
  }
}
