import { describe, expect, it } from "vitest";
import { bearer, STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";
import { FAILED_READS_MAX, POLL_MS, STREAM_MS_MAX, statusEvents } from "./events.ts";

/** A stream over statuses that change as `at` says, with every event and the time it came at. */
async function eventsOf(at: (elapsedMs: number) => string, stopAfter = Number.POSITIVE_INFINITY, readMs = 0) {
  let now = 0;
  let reads = 0;
  const aborted = new AbortController();
  const warnings: unknown[] = [];
  const source = {
    read: async () => {
      reads++;
      now += readMs;
      return at(now);
    },
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        if (now >= stopAfter) aborted.abort();
      },
    },
    log: (...line: unknown[]) => warnings.push(line),
  };
  const seen: [number, string][] = [];
  for await (const event of statusEvents(at(0), source, aborted.signal)) seen.push([now, event]);
  return { seen, endedAt: now, reads, warnings };
}

const HEARTBEAT = ": heartbeat\n\n";

describe("the event stream", () => {
  it("sends the status at once and then when it changes, and a heartbeat after every read between", async () => {
    const { seen } = await eventsOf((ms) => (ms < 4_000 ? '{"n":1}' : '{"n":2}'), 7_000);
    expect(seen).toEqual([
      [0, 'event: status\ndata: {"n":1}\n\n'],
      [POLL_MS, HEARTBEAT],
      [2 * POLL_MS, HEARTBEAT],
      [3 * POLL_MS, 'event: status\ndata: {"n":2}\n\n'],
      [4 * POLL_MS, HEARTBEAT],
    ]);
  });

  it("sends something within 4.5 s also where a read takes 3 s, as with a site that does not respond", async () => {
    const { seen } = await eventsOf(() => "{}", 60_000, 3_000);
    const times = seen.map(([at]) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(gaps.length).toBeGreaterThan(10);
    expect(Math.max(...gaps)).toBe(4_500);
  });

  it("ends by itself after ten minutes", async () => {
    const { endedAt, reads } = await eventsOf((ms) => `{"n":${ms}}`);
    expect(endedAt).toBe(STREAM_MS_MAX);
    expect(reads).toBe(STREAM_MS_MAX / POLL_MS);
  });

  it("stops polling when the client has disconnected", async () => {
    const { reads } = await eventsOf(() => "{}", 3 * POLL_MS);
    expect(reads).toBe(2);
  });

  it("continues when the status can't be read for a while", async () => {
    const { seen, warnings } = await eventsOf((ms) => {
      if (ms > 0 && ms < 5_000) throw new Error("moved");
      return `{"late":${ms >= 5_000}}`;
    }, 8_000);
    expect(seen.map(([, event]) => event)).toEqual([
      'event: status\ndata: {"late":false}\n\n',
      'event: status\ndata: {"late":true}\n\n',
      HEARTBEAT,
    ]);
    expect(warnings).toHaveLength(3);
  });

  it("ends instead of sending heartbeats when the status can't be read for long", async () => {
    const { seen, endedAt } = await eventsOf((ms) => {
      if (ms > 20_000) throw new Error("gone");
      return "{}";
    });
    expect(seen.at(-1)).toEqual([19_500, HEARTBEAT]);
    expect(endedAt).toBe(19_500 + FAILED_READS_MAX * POLL_MS);
  });
});

describe("GET /backfill/events", () => {
  it("streams to fetch, and follows the backfill", async () => {
    const { request, backfill } = underTest();
    const response = await request("/backfill/events", { headers: bearer() });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    backfill.current = STATUS;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) throw new Error("no body");
    const first = (await reader.read()).value;
    expect(first).toBe(
      'event: status\ndata: {"status":"not_started","message":"No backfill has been started yet"}\n\n',
    );
    expect((await reader.read()).value).toBe(`event: status\ndata: ${JSON.stringify(STATUS)}\n\n`);
    await reader.cancel();
  });

  it("stops polling when the client cancels, and does not run ahead of a slow client", async () => {
    const { request, backfill } = underTest();
    const response = await request("/backfill/events", { headers: bearer() });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(backfill.calls.length).toBe(1);
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(backfill.calls.length).toBe(1);
  });

  it("stops when the request is aborted", async () => {
    const { request } = underTest();
    const client = new AbortController();
    const response = await request("/backfill/events", { headers: bearer(), signal: client.signal });
    client.abort();
    expect(await response.text()).toMatch(/^event: status\ndata: .*\n\n$/);
  });
});
