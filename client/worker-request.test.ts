import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { fetchJson, fetchWorker, logAdvice, successBody, type Worker } from "./worker-request.ts";

/** A Worker that responds to every request with `answer`; with `undefined`, never. */
async function withWorker<T>(
  answer: { status: number; body: string; headers?: Record<string, string> } | undefined,
  send: (worker: Worker) => Promise<T>,
): Promise<T> {
  const server = createServer((_, response) => {
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await send({ name: "Query Worker", url, token: undefined });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const request = async (status: number, body: unknown) =>
  withWorker({ status, body: JSON.stringify(body) }, async (worker) =>
    successBody<{ status: string }>(worker, await fetchJson(worker, "/x"), "status"),
  );

it("returns the body of a successful response", async () => {
  expect(await request(202, { status: "started" })).toEqual({ status: "started" });
});

it("shows every detail of an error response, and which key is missing when it is the key", async () => {
  const problem = { error: "Validation failed", details: ["from is no day", "to is no day"] };
  await expect(request(400, problem)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringMatching(/\(400\): Validation failed\n {2}from is no day\n {2}to is no day$/),
    advice: "Fix the problem above and try again.",
  });
  await expect(request(403, { error: "Forbidden" })).rejects.toMatchObject({
    exitCode: 4,
    advice: expect.stringContaining("QUERY_API_KEY"),
  });
  await expect(request(409, { error: "Busy", hint: "Wait" })).rejects.toMatchObject({ advice: "Wait" });
});

it("passes on the hint of the Worker, also for a server error", async () => {
  const [error, hint] = ["Hot storage has no tables", "Create them"];
  await expect(request(503, { error, hint })).rejects.toMatchObject({ advice: hint, transient: true });
  await expect(request(500, { error: "Internal error" })).rejects.toMatchObject({
    exitCode: 4,
    advice: expect.stringContaining("npx bv-backfill doctor"),
  });
  await expect(request(404, { error: "Not found" })).rejects.toMatchObject({
    advice: expect.stringContaining("is the Query Worker."),
    transient: false,
  });
});

it.each([null, [], "oops", { message: "oops" }])(
  "does not take %j for an error response of a Worker",
  async (body) => {
    await expect(request(500, body)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/responded with 500 and no (JSON|error message)$/),
    });
  },
);

it("does not take another service for a Worker", async () => {
  await expect(request(200, { ok: true })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("responded with 200 and no status"),
  });
});

it("does not follow a redirect, because the key would not be sent along", async () => {
  const headers = { Location: "https://login.example.com/?to=secret" };
  const sent = withWorker({ status: 302, body: "", headers }, (worker) =>
    fetchJson(worker, "/x", { method: "POST" }),
  );
  await expect(sent).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/responded with 302, a redirect to https:\/\/login\.example\.com$/),
  });
});

it("does not take an HTML page for a response of a Worker", async () => {
  const page = withWorker({ status: 502, body: "<html>" }, (worker) => fetchJson(worker, "/x"));
  await expect(page).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("502 and no JSON"),
  });
});

it("stops waiting after the timeout", async () => {
  const silent = withWorker(undefined, (worker) => fetchWorker(worker, "/x", { timeoutMs: 50 }));
  await expect(silent).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("no response in time"),
  });
});

it("says that the connection was refused", async () => {
  const stopped = await withWorker(undefined, async (worker) => worker);
  await expect(fetchWorker(stopped, "/x")).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("connection refused"),
  });
});

it("a deployed Worker's log is found by its environment, because the top level of the toml is not deployed", () => {
  const log = logAdvice({ name: "Query Worker", url: "https://query.example.com" });
  expect(log).toContain("npx wrangler tail -c workers/wrangler-query.toml --env production");
});
