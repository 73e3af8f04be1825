import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { STATUS } from "../test/support/cli-status.ts";

/** What a Worker answers, one after another and the last one for ever, by `METHOD /path`; `null`: nothing. */
type Answers = Readonly<Record<string, readonly (object | null)[]>>;

let answers: Answers = {};
/** Requests that came, by the same names. */
let came: string[] = [];
const server = createServer(({ method, url = "" }, response) => {
  const call = `${method} ${new URL(url, "http://a").pathname}`;
  const before = came.filter((one) => one === call).length;
  came.push(call);
  const all = answers[call] ?? [];
  send(response, all[Math.min(before, all.length - 1)]);
});

function send(response: ServerResponse, body: object | null | undefined): void {
  if (body === null) return;
  if (body === undefined) return void response.writeHead(404).end('{"error":"Not found","endpoints":[]}');
  const status = "error" in body ? 403 : 202;
  response.writeHead(status).end(JSON.stringify(body));
}

beforeEach(async () => {
  came = [];
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  await once(server.close(), "close");
});

function begun(args: readonly string[]) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [join(import.meta.dirname, "backfill.js"), ...args], {
    env: { BACKFILL_URL: url, BACKFILL_API_KEY: "t" },
  });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (text) => {
      out[name] += String(text);
    });
  }
  const ended = once(child, "close").then(([code]) => ({ code: code as number, ...out }));
  return { child, ended };
}

const ran = (...args: string[]) => begun(args).ended;

const ENDED = { ...STATUS, status: "completed", outcome: "partial" };
const ACCEPTED = { status: "started", backfill_id: "b", start_date: "2024-01-01", end_date: "2024-01-01" };

it("a start that is watched as JSON gives a line of JSON for the answer and for every change", async () => {
  answers = { "POST /backfill/start": [ACCEPTED], "GET /backfill/status": [STATUS, ENDED] };
  const { code, stdout, stderr } = await ran("start", "2024-01-01", "--json", "--watch");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).status)).toEqual(["started", "in_progress", "completed"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
});

it("what is advised after a plan or a cancel is about the same sites", async () => {
  const plan = { ...ACCEPTED, estimated_days: 1, estimated_hours: 1, requests_per_minute: 1, sites: [] };
  answers = {
    "POST /backfill/start": [{ ...plan, days_to_fetch: 1, days_to_skip: 0, estimated_requests: 1 }],
    "POST /backfill/cancel": [{ backfill_id: "b", days_completed: 1, sites_stopping: [] }],
    "GET /backfill/status": [STATUS],
  };
  const [planned, cancelled] = await Promise.all([
    ran("plan", "2024-01-01", "--site", "site_b", "--site", "site_a", "--force"),
    ran("cancel"),
  ]);
  expect(planned.stderr).toContain("start 2024-01-01 --site site_b --site site_a --force\n");
  expect(cancelled.stderr).toContain("start 2024-01-01 2024-12-31 --site site_a\n");
});

it("Ctrl-C before the answer says that it may have been done", async () => {
  answers = { "POST /backfill/start": [null] };
  const { child, ended } = begun(["start", "2024-01-01"]);
  await expect.poll(() => came.length, { timeout: 30_000 }).toBe(1);
  child.kill("SIGINT");
  expect(await ended).toMatchObject({
    code: 130,
    stdout: "",
    stderr: expect.stringContaining("Look with: npx backfill status"),
  });
});

const audit = (site: string, state: string) => ({
  ...{ site, state, mode: "quick", from: null, to: null, days_checked: 3, days_total: 3, days_ok: 3 },
  ...{ records: 1, bytes: 1, problems: [], problems_total: 0 },
});

it("a verification ends when every site that was begun has ended, also one that is not seen at first", async () => {
  const [a, b] = [audit("site_a", "completed"), audit("site_b", "completed")];
  answers = {
    "POST /backfill/verify": [{ sites: ["site_a", "site_b"] }],
    "GET /backfill/verify": [{ audits: [] }, { audits: [a] }, { audits: [a, b] }],
  };
  const { code, stdout } = await ran("verify", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toHaveLength(2);
});

it("a key that is refused ends the looking at once", async () => {
  answers = { "GET /backfill/verify": [{ error: "Forbidden" }] };
  expect(await ran("verify", "--last")).toMatchObject({
    code: 4,
    stdout: "",
    stderr: expect.stringContaining("BACKFILL_API_KEY"),
  });
  expect(came).toHaveLength(1);
});
