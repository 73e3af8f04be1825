import { expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import {
  FIRST_WORD_MS_MAX,
  follow,
  type Heard,
  POLLS_A_STREAM,
  SILENCE_MS_MAX,
  type Source,
  type WireStatus,
} from "./follow.ts";

const idle: WireStatus = { status: "not_started", message: "" };
const event = `event: status\ndata: ${JSON.stringify(idle)}\n\n`;
const polled: Answer<WireStatus> = { ok: true, body: idle };

/** Whether a sleep is the watch over a silence. */
const isWatch = (ms: number) => ms === SILENCE_MS_MAX || ms === FIRST_WORD_MS_MAX;

/** Streams in turn; sleeps of the silence never end, all others at once. */
function source(streams: (() => Response | Promise<Response>)[], answer: Answer<WireStatus> = polled) {
  const asked = { streams: 0, polls: 0 };
  const of: Source = {
    events: async () => {
      const next = streams[Math.min(asked.streams++, streams.length - 1)];
      if (!next) throw new Error("no stream");
      return next();
    },
    status: async () => {
      asked.polls++;
      return answer;
    },
    sleep: (ms, signal) =>
      isWatch(ms)
        ? new Promise((resolve) => signal.addEventListener("abort", () => resolve()))
        : Promise.resolve(),
  };
  return { asked, of };
}

async function first(count: number, from: Source): Promise<Heard[]> {
  const left = new AbortController();
  const heard: Heard[] = [];
  for await (const one of follow(from, left.signal)) {
    heard.push(one);
    if (heard.length === count) left.abort();
  }
  return heard;
}

test("a stream's statuses and heartbeats are told as they come", async () => {
  const { of } = source([() => new Response(`${event}: heartbeat\n\n`)]);
  expect(await first(2, of)).toEqual([{ kind: "status", status: idle, by: "stream" }, { kind: "alive" }]);
});

test("a stream that ends is taken up again after one poll", async () => {
  const { of, asked } = source([() => new Response(event)]);
  const heard = await first(3, of);
  expect(heard.map((one) => one.kind === "status" && one.by)).toEqual(["stream", "poll", "stream"]);
  expect(asked).toEqual({ streams: 2, polls: 1 });
});

test("where no stream gets through it polls, and tries the stream again after some polls", async () => {
  const { of, asked } = source([() => Promise.reject(new Error("blocked")), () => new Response(event)]);
  const heard = await first(POLLS_A_STREAM + 2, of);
  expect(heard[0]).toEqual({ kind: "silent", why: "blocked" });
  expect(heard.slice(1, -1).every((one) => one.kind === "status" && one.by === "poll")).toBe(true);
  expect(heard.at(-1)).toMatchObject({ by: "stream" });
  expect(asked).toEqual({ streams: 2, polls: POLLS_A_STREAM });
});

test.for([
  ["after a word", [event], SILENCE_MS_MAX, "nothing was heard for 35 s"],
  ["from its beginning", [], FIRST_WORD_MS_MAX, "nothing was heard for 10 s"],
] as const)("a stream that is silent %s is given up, and aborted", async ([, words, silenceMs, why]) => {
  let aborted = false;
  const { of } = source([]);
  const silent: Source = {
    ...of,
    events: async (signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      const said = words.map((word) => new TextEncoder().encode(word));
      return new Response(
        new ReadableStream({
          start(stream) {
            for (const one of said) stream.enqueue(one);
          },
        }),
      );
    },
    sleep: (ms, watched) => (ms === silenceMs ? Promise.resolve() : of.sleep(ms, watched)),
  };
  expect((await first(words.length + 1, silent)).at(-1)).toEqual({ kind: "silent", why });
  expect(aborted).toBe(true);
});

test("a poll that is never answered is given up, and the next one asked", async () => {
  const { of } = source([() => Promise.reject(new Error("blocked"))]);
  let polls = 0;
  const deaf: Source = {
    ...of,
    status: (signal) =>
      ++polls === 1
        ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("given up"))))
        : Promise.resolve(polled),
    // Only the silence of the poll comes to its end.
    sleep: async (ms, signal) => {
      if (isWatch(ms) && polls !== 1)
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  };
  expect(await first(3, deaf)).toEqual([
    { kind: "silent", why: "blocked" },
    { kind: "silent", why: "nothing was heard for 35 s" },
    { kind: "status", status: idle, by: "poll" },
  ]);
});

test.for([401, 403])(
  "a token that is refused with %i ends it: nothing is asked for again",
  async (status) => {
    const { of, asked } = source([() => new Response("{}", { status })]);
    expect(await first(9, of)).toEqual([{ kind: "refused", status }]);
    expect(asked).toEqual({ streams: 1, polls: 0 });
  },
);

test("whoever leaves takes the stream along", async () => {
  let aborted = false;
  const { of } = source([]);
  const open: Source = {
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
