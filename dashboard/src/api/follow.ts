import type { NotStarted, Status } from "../../../src/contract/backfill.ts";
import type { Answer } from "./answer.ts";
import { EventText } from "./event-text.ts";

export type WireStatus = Status | NotStarted;

/** What is heard of the backfill. */
export type Heard =
  | { readonly kind: "status"; readonly status: WireStatus; readonly by: "stream" | "poll" }
  /** The stream lives, and nothing has changed. */
  | { readonly kind: "alive" }
  | { readonly kind: "silent"; readonly why: string }
  /** The token is not taken any more: nothing more comes. */
  | { readonly kind: "refused"; readonly status: number };

export interface Source {
  events(signal: AbortSignal): Promise<Response>;
  status(signal: AbortSignal): Promise<Answer<WireStatus>>;
  /** Ends early where the signal aborts; never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The Worker says something every 15 s: two heartbeats missed and some. */
export const SILENCE_MS_MAX = 35_000;
/** Its first word comes at once, unless a proxy keeps it back: polls must come before what is shown is out of date. */
export const FIRST_WORD_MS_MAX = 10_000;
export const POLL_MS = 4_000;
/** A stream that a proxy does not let through is tried again once in so many polls. */
export const POLLS_A_STREAM = 8;

/** The status whenever it changes: by a stream of events, and by polling where there is none. Ends with the signal. */
export async function* follow(source: Source, signal: AbortSignal): AsyncGenerator<Heard, void> {
  while (!signal.aborted) {
    let heardAny = false;
    for await (const heard of streamed(source, signal)) {
      yield heard;
      if (heard.kind === "refused") return;
      if (heard.kind !== "silent") heardAny = true;
    }
    // Streams end by themselves after ten minutes: one poll bridges the gap, the rest is for when there is none.
    for (let polls = 0; polls < (heardAny ? 1 : POLLS_A_STREAM) && !signal.aborted; polls++) {
      if (polls > 0) await source.sleep(POLL_MS, signal);
      const heard = await polled(source, signal);
      if (heard) yield heard;
      if (heard?.kind === "refused") return;
    }
    if (heardAny) await source.sleep(1_000, signal);
  }
}

async function polled(source: Source, signal: AbortSignal): Promise<Heard | undefined> {
  const gone = new AbortController();
  try {
    const asked = source.status(AbortSignal.any([signal, gone.signal]));
    const answer = await watched(source, gone, SILENCE_MS_MAX, asked);
    if (signal.aborted) return undefined;
    if (answer.ok) return { kind: "status", status: answer.body, by: "poll" };
    return refusalOf(answer.fault.status) ?? { kind: "silent", why: answer.fault.message };
  } catch (fault) {
    return { kind: "silent", why: (fault as Error).message };
  }
}

async function* streamed(source: Source, signal: AbortSignal): AsyncGenerator<Heard, void> {
  const gone = new AbortController();
  try {
    const opening = source.events(AbortSignal.any([signal, gone.signal]));
    const response = await watched(source, gone, FIRST_WORD_MS_MAX, opening);
    const refused = refusalOf(response.status);
    if (refused) yield refused;
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const text = new EventText();
    let silenceMsMax = FIRST_WORD_MS_MAX;
    while (!signal.aborted) {
      const { done, value } = await watched(source, gone, silenceMsMax, reader.read());
      if (done) return;
      silenceMsMax = SILENCE_MS_MAX;
      for (const said of text.push(value)) {
        if (said === "comment") yield { kind: "alive" };
        else if (said.event === "status")
          yield { kind: "status", status: JSON.parse(said.data) as WireStatus, by: "stream" };
      }
    }
  } catch (fault) {
    if (!signal.aborted) yield { kind: "silent", why: (fault as Error).message };
  } finally {
    // A reader that goes, goes wholly: the Worker would hold the stream for ten minutes.
    gone.abort();
  }
}

/** What is awaited, or a fault once nothing came for too long: a connection can die without a word. */
async function watched<T>(
  source: Source,
  gone: AbortController,
  silenceMsMax: number,
  awaited: Promise<T>,
): Promise<T> {
  const heard = new AbortController();
  const silence = source.sleep(silenceMsMax, heard.signal).then(() => {
    if (heard.signal.aborted) return awaited;
    throw new Error(`nothing was heard for ${silenceMsMax / 1000} s`);
  });
  try {
    return await Promise.race([awaited, silence]);
  } catch (fault) {
    gone.abort();
    awaited.catch(() => {});
    throw fault;
  } finally {
    heard.abort();
    silence.catch(() => {});
  }
}

function refusalOf(status: number): Heard | undefined {
  return status === 401 || status === 403 ? { kind: "refused", status } : undefined;
}
