import { expect, test } from "vitest";
import { workerClient } from "./worker-client.ts";

type Request = { url: string; init: RequestInit | undefined };

function replying(reply: () => Response) {
  const sent: Request[] = [];
  const fetcher = (async (url: string, init?: RequestInit) => {
    sent.push({ url, init });
    return reply();
  }) as typeof fetch;
  return { sent, client: workerClient(fetcher, "https://worker.test", "s3cret") };
}

test("the token is sent in a header, never in the URL, and no redirect is followed", async () => {
  const { sent, client } = replying(() => Response.json({ days: [] }));
  await client("GET", "/backfill/days", { query: { site: "a", from: undefined } });
  expect(sent[0]?.url).toBe("https://worker.test/backfill/days?site=a");
  expect(sent[0]?.init).toMatchObject({ headers: { Authorization: "Bearer s3cret" }, redirect: "error" });
});

test("without a token no such header is sent, so that a public route needs no preflight", async () => {
  const headers: unknown[] = [];
  const fetcher = (async (_: string, init?: RequestInit) => {
    headers.push(init?.headers);
    return Response.json({});
  }) as typeof fetch;
  await workerClient(fetcher, "https://etl.test", undefined)("GET", "/status");
  expect(headers).toEqual([{}]);
});

test("a list is sent as a repeated parameter, so that a name with a comma stays one name", async () => {
  const { sent, client } = replying(() => Response.json({}));
  await client("GET", "/timeseries/query", { query: { point_names: ["a,b", "a,b"] } });
  expect(sent[0]?.url).toBe("https://worker.test/timeseries/query?point_names=a%2Cb&point_names=a%2Cb");
});

test("an error response is shown with its details and its hint", async () => {
  const { client } = replying(() =>
    Response.json({ error: "Validation failed", details: ["x is odd"], hint: "Be even" }, { status: 400 }),
  );
  expect(await client("POST", "/backfill/start", { body: {} })).toEqual({
    ok: false,
    error: { status: 400, message: "Validation failed. x is odd. Be even" },
  });
});

test.for([
  { name: "a broken connection", reply: () => Promise.reject(new TypeError("down")) as never },
  { name: "a body that is not JSON", reply: () => new Response("<html>") },
])("$name is an error of status 0, not an exception", async ({ reply }) => {
  const { client } = replying(reply);
  expect(await client("GET", "/backfill/status")).toMatchObject({ ok: false, error: { status: 0 } });
});
