import { expect, test } from "vitest";
import {
  FIRST_RESPONSE_MS_MAX,
  followStatus,
  POLLS_PER_STREAM,
  SILENCE_MS_MAX,
  STREAM_RETRY_MS_MAX,
  type StatusResponse,
  type StatusSource,
  type Update,
} from "./follow-status.ts";
import type { Result } from "./worker-client.ts";

const idle: StatusResponse = { status: "not_started", message: "" };
const event = `event: status\ndata: ${JSON.stringify(idle)}\n\n`;
const polled: Result<StatusResponse> = { ok: true, body: idle };

/** Whether a sleep is the timeout of a request or of the stream. */
const isTimeout = (ms: number) => [SILENCE_MS_MAX, FIRST_RESPONSE_MS_MAX, STREAM_RETRY_MS_MAX].includes(ms);

/** Returns the streams one after the other; timeouts never end, all other sleeps end at once. */
function source(streams: (() => Response | Promise<Response>)[], answer: Result<StatusResponse> = polled) {
  const requests = { streams: 0, polls: 0 };
  const of: StatusSource = {
    events: async () => {
      const next = streams[Math.min(requests.streams++, streams.length - 1)];
      if (!next) throw new Error("no stream");
      return next();
    },
    status: async () => {
      requests.polls++;
      return answer;
    },
    sleep: (ms, signal) =>
      isTimeout(ms)
        ? new Promise((resolve) => signal.addEventListener("abort", () => resolve()))
        : Promise.resolve(),
  };
  return { requests, of };
}

async function first(count: number, from: StatusSource): Promise<Update[]> {
  const controller = new AbortController();
  const updates: Update[] = [];
  for await (const update of followStatus(from, controller.signal)) {
    updates.push(update);
    if (updates.length === count) controller.abort();
  }
  return updates;
}

test("statuses and heartbeats of a stream are yielded as they arrive", async () => {
  const { of } = source([() => new Response(`${event}: heartbeat\n\n`)]);
  expect(await first(2, of)).toEqual([{ kind: "status", status: idle, by: "stream" }, { kind: "heartbeat" }]);
});

test("a stream that ends is opened again after one poll", async () => {
  const { of, requests } = source([() => new Response(event)]);
  const updates = await first(3, of);
  expect(updates.map((update) => update.kind === "status" && update.by)).toEqual([
    "stream",
    "poll",
    "stream",
  ]);
  expect(requests).toEqual({ streams: 2, polls: 1 });
});

test("without a stream it polls, and tries the stream again after some polls", async () => {
  const { of, requests } = source([() => Promise.reject(new Error("blocked")), () => new Response(event)]);
  const updates = await first(POLLS_PER_STREAM + 1, of);
  expect(updates.slice(0, -1).every((update) => update.kind === "status" && update.by === "poll")).toBe(true);
  expect(updates.at(-1)).toMatchObject({ by: "stream" });
  expect(requests).toEqual({ streams: 2, polls: POLLS_PER_STREAM });
});

test.for([
  ["after an event", [event], SILENCE_MS_MAX],
  ["from its start", [], FIRST_RESPONSE_MS_MAX],
] as const)(
  "a stream that sends nothing %s is aborted, and a poll follows",
  async ([, events, timeoutMs]) => {
    let aborted = false;
    const { of } = source([]);
    const silent: StatusSource = {
      ...of,
      events: async (signal) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        const chunks = events.map((text) => new TextEncoder().encode(text));
        return new Response(
          new ReadableStream({
            start(stream) {
              for (const chunk of chunks) stream.enqueue(chunk);
            },
          }),
        );
      },
      sleep: (ms, signal) => (ms === timeoutMs ? Promise.resolve() : of.sleep(ms, signal)),
    };
    expect((await first(events.length + 1, silent)).at(-1)).toMatchObject({ kind: "status", by: "poll" });
    expect(aborted).toBe(true);
  },
);

test("a stream that breaks says that the connection is lost only if the poll fails, too", async () => {
  const { of } = source([() => new Response(event)], {
    ok: false,
    error: { status: 0, message: "The Worker can't be reached" },
  });
  expect((await first(2, of)).at(-1)).toEqual({ kind: "no-response", why: "The Worker can't be reached" });
});

test("a poll without a response is aborted, and the next poll is sent", async () => {
  const { of } = source([() => Promise.reject(new Error("blocked"))]);
  let polls = 0;
  const unresponsive: StatusSource = {
    ...of,
    status: (signal) =>
      ++polls === 1
        ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))))
        : Promise.resolve(polled),
    // Only the timeout of the poll ends.
    sleep: async (ms, signal) => {
      if (isTimeout(ms) && polls !== 1)
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  };
  expect(await first(2, unresponsive)).toEqual([
    { kind: "no-response", why: "No response for 10 s" },
    { kind: "status", status: idle, by: "poll" },
  ]);
});

test.for([401, 403])("a token that is rejected with %i ends it: no request follows", async (status) => {
  const { of, requests } = source([() => new Response("{}", { status })]);
  expect(await first(9, of)).toEqual([{ kind: "unauthorized", status }]);
  expect(requests).toEqual({ streams: 1, polls: 0 });
});

test("leaving the loop aborts the stream", async () => {
  let aborted = false;
  const { of } = source([]);
  const open: StatusSource = {
    ...of,
    events: async (signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Response(
        new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(event)) }),
      );
    },
  };
  await first(1, open);
  expect(aborted).toBe(true);
});
