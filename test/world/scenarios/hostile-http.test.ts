import fc from "fast-check";
import { expect, test } from "vitest";
import { DAYS_MAX } from "../../../src/contract/backfill.ts";
import { REJECTED_BYTES_MAX, REQUEST_BYTES_MAX } from "../../../src/http/server/request-fields.ts";
import { expectDocumented } from "../harness/documented.ts";
import { dates, startFields } from "../harness/hostile-bodies.ts";
import { asRequest, type HostileRequest, hostileRequest } from "../harness/hostile-requests.ts";
import { ACE_KEY, everything, jobOf, openHttp, TOKEN } from "../harness/http.ts";
import { acceptable, isDay } from "../harness/start-reference.ts";

type Http = ReturnType<typeof openHttp>;

const CHANGES_THE_JOB = ["/backfill/start", "/backfill/cancel", "/backfill/retry"];

/** Sends a request and checks the response, and that only accepted requests change the job. */
async function send(http: Http, hostile: HostileRequest): Promise<Response> {
  const { request, taken } = asRequest(hostile);
  const origin = request.headers.get("Origin");
  const preflight =
    request.method === "OPTIONS" && origin !== null && request.headers.has("Access-Control-Request-Method");
  const before = jobOf(http.world);
  const response = await http.fetch(request);
  const asked = { method: request.method, path: hostile.path, origin, preflight };
  const seen = JSON.stringify([...response.headers]) + (await expectDocumented(asked, response));
  expect(taken.bytes).toBeLessThanOrEqual(REJECTED_BYTES_MAX + 2 * 4_096);
  for (const secret of [TOKEN, ACE_KEY]) expect(seen).not.toContain(secret);
  expect(seen).not.toMatch(/\bat .*:\d+:\d+|\.ts\b|node_modules/);
  const accepted =
    request.method === "POST" &&
    response.ok &&
    authorised(request) &&
    CHANGES_THE_JOB.includes(hostile.path ?? "");
  if (!accepted) expect(jobOf(http.world)).toEqual(before);
  return response;
}

function authorised(request: Request): boolean {
  const [scheme = "", ...rest] = (request.headers.get("Authorization") ?? "").split(" ");
  return scheme.toLowerCase() === "bearer" && rest.join("") === TOKEN;
}

const YEAR = { start_date: "2023-01-01", end_date: "2023-12-31" };
/** Valid requests (and one that is too large) among the others, so that there is a backfill to disturb. */
const anyRequest = fc.oneof(
  { weight: 4, arbitrary: hostileRequest },
  fc.constantFrom(
    post("/backfill/start", YEAR),
    post("/backfill/start", { ...YEAR, sites: ["site_b"], force_restart: true }),
    post("/backfill/start", { ...YEAR, dry_run: true }),
    post("/backfill/cancel", {}),
    post("/backfill/retry", { site: " ".repeat(REQUEST_BYTES_MAX) }),
  ),
);

/** A conflict and a refused origin, which random requests would miss once in a hundred runs. */
const SELDOM: HostileRequest[] = [
  post("/backfill/start", YEAR),
  post("/backfill/start", YEAR),
  {
    ...get("/backfill/status"),
    method: "OPTIONS",
    headers: [
      ["Origin", "https://evil.test"],
      ["Access-Control-Request-Method", "GET"],
    ],
  },
];

test("any sequence of requests gets documented responses only, and no secret is sent or logged", async () => {
  const answers = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 12 }), async (requests) => {
      const http = openHttp();
      for (const request of requests) answers.add((await send(http, request)).status);
      const logged = JSON.stringify([http.logs, http.world.logs]);
      for (const secret of [TOKEN, ACE_KEY]) expect(logged).not.toContain(secret);
      expect(http.logs.filter(({ level }) => level === "ERROR")).toEqual([]);
    }),
    { numRuns: 80, examples: [[SELDOM]] },
  );
  // Otherwise a Worker with a single response would pass.
  expect([...answers].sort()).toEqual([200, 202, 204, 400, 401, 403, 404, 405, 409, 413]);
}, 120_000);

test("a request without the token changes nothing", async () => {
  const http = openHttp();
  await http.world.start("2024-01-01", "2024-01-02");
  await http.world.run();
  await http.world.cancel();
  await http.world.pass(600_000);
  const before = everything(http.world);
  const rightBody = new TextEncoder().encode('{"start_date":"2024-01-01","end_date":"2024-01-05"}');
  await fc.assert(
    fc.asyncProperty(hostileRequest, fc.boolean(), async (hostile, right) => {
      const headers = hostile.headers.map(([name, value]) => [name, withoutToken(name, value)] as const);
      const body = right && hostile.method === "POST" ? rightBody : hostile.body;
      const response = await send(http, { ...hostile, headers, body });
      const { path, method } = hostile;
      if (method === "POST" && path?.startsWith("/backfill/"))
        expect([401, 403, 405]).toContain(response.status);
      await http.world.run();
      expect(everything(http.world)).toEqual(before);
    }),
    { numRuns: 300 },
  );
}, 120_000);

function withoutToken(name: string, value: string): string {
  const bearer = /^bearer +(\S+)\s*$/i.exec(value);
  return name === "Authorization" && bearer?.[1] === TOKEN ? value.replace(TOKEN, `${TOKEN}x`) : value;
}

test("a start is accepted exactly if an independent check of its fields accepts it", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(startFields, async (fields) => {
      const { status } = await send(openHttp(), post("/backfill/start", fields));
      expect(status).toBe(acceptable(fields) ? (fields.dry_run === true ? 200 : 202) : 400);
      if (status !== 400) accepted += 1;
    }),
    { numRuns: 200 },
  );
  // Otherwise a Worker that refuses everything would pass.
  expect(accepted).toBeGreaterThan(0);
}, 120_000);

test("all routes accept the same dates", async () => {
  const http = openHttp();
  await fc.assert(
    fc.asyncProperty(dates, async (date) => {
      const query = `?from=${encodeURIComponent(date.toWellFormed())}&to=9999-12-31&site=site_a`;
      const { status } = await send(http, { ...get("/backfill/errors"), target: `/backfill/errors${query}` });
      expect(status).toBe(isDay(date) ? 200 : 400);
      for (const path of ["/backfill/retry", "/backfill/verify"]) {
        const answer = await send(http, post(path, { from: date, to: "9999-12-31" }));
        expect(answer.status === 400).toBe(!isDay(date));
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("a range of ten thousand years is refused at no higher cost than the longest range", async () => {
  const http = openHttp();
  const days = (query: string) => send(http, { ...get("/backfill/days"), target: `/backfill/days?${query}` });
  for (const range of [
    "from=0000-01-01&to=9999-12-31",
    "from=9990-01-01&to=9999-12-31",
    "from=2010-01-01&to=2024-12-31",
  ]) {
    const response = await http.fetch(
      asRequest({ ...get("/backfill/days"), target: `/backfill/days?${range}` }).request,
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "Validation failed",
      details: [`more than ${DAYS_MAX} days match; narrow them by from, to or site`],
    });
  }
  expect((await days("from=2014-01-01&to=2023-12-31&site=site_b")).status).toBe(200);
  // Days from the ledger have the same bound as days in the request.
  http.world.tampered = true;
  await http.world.start("2024-01-01", "2024-01-01");
  http.world.site("site_b").db.tx((sql) => {
    sql.run(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${DAYS_MAX})
      INSERT INTO day (date, attempts) SELECT date('1990-01-01', '+' || i || ' days'), 0 FROM n`);
  });
  expect((await days("site=site_b")).status).toBe(400);
  expect((await days("")).status).toBe(400);
  expect((await days("from=2000-01-01&site=site_b")).status).toBe(200);
});

test("simultaneous status requests make each site report once", async () => {
  const { world } = openHttp();
  await world.start("2024-01-01", "2024-01-02");
  await world.run();
  await world.pass(60_000);
  const looked = () => world.effects.labels.filter((label) => label === "coordinator site_a.report").length;
  const before = looked();
  const crowd = Array.from({ length: 200 }, () => world.post((rules) => rules.status()));
  await world.run();
  expect(new Set((await Promise.all(crowd)).map((status) => status?.status))).toEqual(new Set(["completed"]));
  expect(looked() - before).toBe(1);
});

function get(path: string): HostileRequest {
  return {
    method: "GET",
    target: path,
    path,
    headers: [["Authorization", `Bearer ${TOKEN}`]],
    body: undefined,
  };
}

function post(path: string, fields: unknown): HostileRequest {
  return { ...get(path), method: "POST", body: new TextEncoder().encode(JSON.stringify(fields)) };
}
