import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { askWorker, callWorker, granted, type Worker } from "./call-worker.ts";

/** A Worker that answers every call so; `undefined`: it never does. */
async function withWorker<T>(
  answer: { status: number; body: string; headers?: Record<string, string> } | undefined,
  ask: (worker: Worker) => Promise<T>,
): Promise<T> {
  const server = createServer((_, response) => {
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await ask({ name: "Query Worker", url, token: undefined });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const asked = async (status: number, body: unknown) =>
  withWorker({ status, body: JSON.stringify(body) }, async (worker) =>
    granted<{ status: string }>(worker, await askWorker(worker, "/x"), "status"),
  );

it("gives the body of what is granted", async () => {
  expect(await asked(202, { status: "started" })).toEqual({ status: "started" });
});

it("says every fault that a refusal names, and whose key is wanted where it is the key", async () => {
  const refused = { error: "Validation failed", details: ["from is no day", "to is no day"] };
  await expect(asked(400, refused)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringMatching(/\(400\): Validation failed\n {2}from is no day\n {2}to is no day$/),
    advice: "Mend what it names, and ask again.",
  });
  await expect(asked(403, { error: "Forbidden" })).rejects.toMatchObject({
    exitCode: 4,
    advice: expect.stringContaining("QUERY_API_KEY"),
  });
  await expect(asked(409, { error: "Busy", hint: "Wait" })).rejects.toMatchObject({ advice: "Wait" });
});

it("says what helps as the Worker says it, also of a fault behind the Worker", async () => {
  const [error, hint] = ["Hot storage has no tables", "Create them"];
  await expect(asked(503, { error, hint })).rejects.toMatchObject({ advice: hint, transient: true });
  await expect(asked(500, { error: "Internal error" })).rejects.toMatchObject({
    exitCode: 4,
    advice: expect.stringContaining("npx backfill doctor"),
  });
  await expect(asked(404, { error: "Not found" })).rejects.toMatchObject({
    advice: expect.stringContaining("the Query Worker?"),
    transient: false,
  });
});

it.each([null, [], "oops", { message: "oops" }])("takes %j for no refusal of a Worker", async (body) => {
  await expect(asked(500, body)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/answered 500 with no (JSON|reason)$/),
  });
});

it("takes nobody for a Worker who grants something else", async () => {
  await expect(asked(200, { ok: true })).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("answered 200 with no status"),
  });
});

it("follows nobody who sends it elsewhere, for the key would not come along", async () => {
  const headers = { Location: "https://login.example.com/?to=secret" };
  const sent = withWorker({ status: 302, body: "", headers }, (worker) =>
    askWorker(worker, "/x", { method: "POST" }),
  );
  await expect(sent).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/answered 302, and sends to https:\/\/login\.example\.com$/),
  });
});

it("takes a page for no answer of a Worker", async () => {
  const page = withWorker({ status: 502, body: "<html>" }, (worker) => askWorker(worker, "/x"));
  await expect(page).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("502 with no JSON"),
  });
});

it("doesn't wait for ever", async () => {
  const silent = withWorker(undefined, (worker) => callWorker(worker, "/x", { msMax: 50 }));
  await expect(silent).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("not answer in time"),
  });
});

it("says that nobody listens", async () => {
  const gone = await withWorker(undefined, async (worker) => worker);
  await expect(callWorker(gone, "/x")).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("nobody listens there"),
  });
});
