import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostileServer, startHostileServer } from "../conformance/hostile-server.ts";
import { eventually, keyOf, World } from "./fixture.ts";

const KEY = "a-key-that-nobody-else-may-see";

let hostile: HostileServer;
let front: Server;
let world: World;
beforeAll(async () => {
  hostile = await startHostileServer();
  front = createServer(answer).listen(0, "127.0.0.1");
  await once(front, "listening");
  const { port } = front.address() as AddressInfo;
  world = await World.open(
    { sites: [{ name: "a", pointsPerSite: 20, samplesPerDay: 200 }], key: KEY },
    {
      ACE_API_BASE: `http://127.0.0.1:${port}/api`,
      ACE_API_KEY: KEY,
      ACE_TIMEOUT_MS: "3000",
      PAGE_SIZE: "500",
      MAX_RETRIES: "0",
    },
  );
});
afterAll(async () => {
  await world?.close();
  front?.close();
  front?.closeAllConnections();
  await hostile?.close();
});

/** The hostile server or proxy between the Worker and the API, by day. */
const IN_THE_WAY: Readonly<Record<string, (asked: IncomingMessage, response: ServerResponse) => void>> = {
  "2024-01-01": (asked, response) => pass(`${hostile.api}/redirect/307/0`, asked, response),
  "2024-01-02": (asked, response) => pass(`${hostile.api}/bomb`, asked, response),
  "2024-01-03": (asked, response) => {
    response.writeHead(400, { "content-type": "text/plain" });
    response.end(`what is "${asked.headers.authorization}", or ${asked.headers.authorization?.slice(7)}?`);
  },
  "2024-01-04": (asked, response) => pass(`${hostile.api}/trickle`, asked, response),
  "2024-01-05": (asked, response) => pass(`${world.sim.url}${asked.url}`, asked, response, true),
};

function answer(asked: IncomingMessage, response: ServerResponse): void {
  const url = new URL(asked.url ?? "/", "http://front");
  const [from, to] = ["start_time", "end_time"].map((name) => Date.parse(url.searchParams.get(name) ?? ""));
  const middle = ((from ?? 0) + (to ?? 0)) / 2;
  const day = Number.isNaN(middle) ? "" : new Date(middle).toISOString().slice(0, 10);
  const hurt = IN_THE_WAY[day] ?? ((one, other) => pass(`${world.sim.url}${one.url}`, one, other));
  hurt(asked, response);
}

function pass(url: string, asked: IncomingMessage, response: ServerResponse, zipped = false): void {
  const { authorization = "" } = asked.headers;
  const onward = request(url, { headers: { authorization } }, (answered) => {
    const { "content-length": length = "", ...headers } = answered.headers;
    if (zipped) {
      response.writeHead(answered.statusCode ?? 500, { ...headers, "content-encoding": "gzip" });
      answered.pipe(createGzip()).pipe(response);
    } else {
      response.writeHead(answered.statusCode ?? 500, {
        ...headers,
        ...(length && { "content-length": length }),
      });
      answered.pipe(response);
    }
  });
  response.on("close", () => onward.destroy());
  onward.on("error", () => response.destroy());
  onward.end();
}

test("hostile days fail with their reasons, days that only look hostile complete, and the key is shown nowhere", async () => {
  const days = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06"];
  await world.client.start("2024-01-01", "2024-01-06");
  const status = await world.client.settled();
  expect(status).toMatchObject({
    status: "completed",
    outcome: "partial",
    days_completed: 2,
    days_failed: 4,
  });
  const calendar = await world.client.days("?from=2024-01-01&to=2024-01-06");
  expect(calendar.map(({ failure }) => failure?.message ?? null)).toEqual([
    expect.stringMatching(
      /^the ACE API answered 307, a redirect, which was not followed \(page 1 of window \d, 1 try\)$/,
    ),
    expect.stringMatching(
      /^the ACE API's answer can't be used: the body exceeds \d+ bytes \(page 1 of window \d, \d+ tr(y|ies)\)$/,
    ),
    expect.stringMatching(
      /^the ACE API answered 400 "what is "\[credential\] or \[key\]\?" \(page 1 of window \d, 1 try\)$/,
    ),
    expect.stringMatching(
      /^the ACE API gave no answer within 3000 ms \(page 1 of window \d, \d+ tr(y|ies)\)$/,
    ),
    null,
    null,
  ]);
  expect(calendar.slice(4).map(({ records }) => records)).toEqual([expect.any(Number), expect.any(Number)]);
  expect(await (await fetch(`${hostile.api}/../elsewhere`)).json()).toEqual([]);

  const state = await world.state();
  const errorKeys = () => state.kvKeys("backfill:errors:");
  await eventually("KV shows every day and every error", async () => {
    const shown = await Promise.all(days.map((day) => state.kv(`backfill:day:${day}:a`)));
    const isShown = (day: unknown) =>
      /failed|completed/.test((day as { status?: string } | null)?.status ?? "");
    return shown.every(isShown) && (await errorKeys()).length >= 4;
  });
  const keys = (await state.kvKeys()).map(({ name }) => name);
  const said = [
    world.lines,
    calendar,
    await world.client.status(),
    await world.client.call("GET", "/backfill/errors"),
    await Promise.all(keys.map((key) => state.kv(key))),
    Buffer.from(await world.object(keyOf("a", "2024-01-05"))).toString("latin1"),
  ];
  expect(keys.filter((key) => key.startsWith("backfill:errors:"))).toHaveLength(4);
  expect(JSON.stringify(said)).not.toContain(KEY);
  // No alarm has failed.
  expect(
    world
      .log()
      .filter(({ message }) => /failed unexpectedly|alarm's work failed|alarm failed/i.test(message)),
  ).toEqual([]);
});
