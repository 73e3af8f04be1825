import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState, startWorker, type WorkerProcess } from "../../local/stack/stack.ts";
import type { Problem, QueryAnswer } from "../../src/contract/query.ts";
import { addDays, dayStartMs, type UtcDay } from "../../src/domain/day.ts";
import { objectKey } from "../../src/domain/layout.ts";
import { evenDay, SITE } from "../support/query/archive.ts";
import { eventually, type LogLine, removeFolder } from "./fixture.ts";
import { exchange, spoken } from "./raw-http.ts";

const FIRST = "2024-01-01" as UtcDay;
const day = (index: number): UtcDay => addDays(FIRST, index);
const keyOf = (index: number) => objectKey(SITE, day(index));
const SHORT = "a";
/** Its name makes 4 MB of JSON a day, so that the buffers of the sockets are soon full. */
const LONG = "b".repeat(2_000);
const ROWS_A_DAY = 2_000;
const DAYS = 30;
/** The three days before it have more rows than the first row batch of a response. */
const DAMAGED = DAYS;

const BROKE_OFF = "A response failed part-way";
const LET_GO = "The client disconnected before the end of a response";

/** A Query Worker on workerd, over an archive of these days and a D1 that has no tables. */
let stateDir: string;
let worker: WorkerProcess;
const lines: string[] = [];
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "query-faults-"));
  const state = await openState(stateDir);
  for (let index = 0; index <= DAMAGED; index++) {
    const { bytes } = evenDay(day(index), [SHORT, LONG], ROWS_A_DAY, 1_000);
    await state.put(keyOf(index), index === DAMAGED ? bytes.slice(0, -1) : bytes);
  }
  await state.close();
  worker = await startWorker({
    toml: "wrangler-query.toml",
    stateDir,
    vars: { QUERY_API_KEY: "key" },
    onLine: (line) => lines.push(line),
  });
});
afterAll(async () => {
  await worker?.stop();
  removeFolder(stateDir);
});

function pathOf(from: UtcDay, to: UtcDay, more: Record<string, string> = {}): string {
  const [start_time, end_time] = [from, to].map((at) => String(dayStartMs(at))) as [string, string];
  const parameters = { site_name: SITE, point_names: SHORT, start_time, end_time, limit: "1000000", ...more };
  return `/timeseries/query?${new URLSearchParams(parameters)}`;
}

async function ask<T>(path: string, method = "GET") {
  const response = await fetch(worker.url + path, { method, headers: { Authorization: "Bearer key" } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as T };
}

const logged = (message: string): LogLine[] =>
  lines.flatMap((line) => {
    const json = /\{"level".*\}/.exec(line)?.[0];
    const parsed = json ? (JSON.parse(json) as LogLine) : undefined;
    return parsed?.message === `[QUERY] ${message}` ? [parsed] : [];
  });

test("without D1 tables archived days are answered, and other queries are refused with the command that creates the tables", async () => {
  const archived = await ask<QueryAnswer>(pathOf(FIRST, day(DAYS)));
  expect([archived.status, archived.body.samples.length]).toEqual([200, DAYS * ROWS_A_DAY]);
  for (const path of [
    pathOf(day(DAMAGED + 1), day(DAMAGED + 2)),
    `/timeseries/latest?site_name=${SITE}&point_names=${SHORT}`,
    `/timeseries/days?site_name=${SITE}&from=${FIRST}&to=${day(DAMAGED + 1)}`,
  ]) {
    const { status, headers, body } = await ask<Problem>(path);
    expect([status, headers.get("Retry-After")]).toEqual([503, "10"]);
    expect(body).toMatchObject({ error: "Hot storage has no tables", hint: /wrangler d1 migrations apply/ });
  }
});

test("a damaged object is named in the response if no row precedes it", async () => {
  const { status, body } = await ask<Problem>(pathOf(day(DAMAGED), day(DAMAGED + 1)));
  expect([status, body]).toMatchObject([500, { error: "Object unreadable", details: [keyOf(DAMAGED)] }]);
});

/** The last chunk of a chunked body, without which a client knows that the body is incomplete. */
const END = "\r\n0\r\n\r\n";

test.each(["json", "csv"])("an answer in %s that fails part-way closes the connection", async (format) => {
  const get = (to: number) => {
    const path = pathOf(day(DAMAGED - 3), day(to), { format });
    return exchange(worker.url, { bytes: spoken(`GET ${path}`, ["Authorization: Bearer key"]) });
  };
  const whole = await get(DAMAGED);
  expect([whole.slice(0, 13), whole.slice(-END.length)]).toEqual(["HTTP/1.1 200 ", END]);
  const before = logged(BROKE_OFF).length;
  const broken = await get(DAMAGED + 1);
  expect(broken.slice(0, 13)).toBe("HTTP/1.1 200 ");
  expect(broken.slice(-END.length)).not.toBe(END);
  await eventually("the fault is logged", () => logged(BROKE_OFF).length > before);
  expect(logged(BROKE_OFF).slice(before)).toEqual([
    expect.objectContaining({ level: "ERROR", site: SITE, error: expect.stringContaining(keyOf(DAMAGED)) }),
  ]);
});

/** Takes a request a day, because the footers are known by now. */
const ALL_DAYS = pathOf(FIRST, day(DAYS), { point_names: LONG });

/** The requests to R2 for the abandoned response after the first `before` of them. */
const spent = (before: number) =>
  eventually("an answer is let go of", () => logged(LET_GO)[before]?.r2_requests as number | undefined);

test("when a client disconnects, no further day is read", async () => {
  const before = logged(LET_GO).length;
  const { hostname, port } = new URL(worker.url);
  const socket = connect(Number(port), hostname, () =>
    socket.write(spoken(`GET ${ALL_DAYS}`, ["Authorization: Bearer key"])),
  );
  socket.on("data", () => socket.destroy());
  expect(await spent(before)).toBeLessThan(DAYS);
});

test("HEAD gets the headers of a query, and reads no further days", async () => {
  const before = logged(LET_GO).length;
  const { status, headers, body } = await ask(ALL_DAYS, "HEAD");
  expect([status, headers.get("Content-Type"), body]).toEqual([200, "application/json; charset=UTF-8", ""]);
  expect(await spent(before)).toBeLessThan(DAYS);
});
