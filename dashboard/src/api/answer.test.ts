import { expect, test } from "vitest";
import { callerOf } from "./answer.ts";

type Sent = { url: string; init: RequestInit | undefined };

function answering(reply: () => Response) {
  const sent: Sent[] = [];
  const fetcher = (async (url: string, init?: RequestInit) => {
    sent.push({ url, init });
    return reply();
  }) as typeof fetch;
  return { sent, call: callerOf(fetcher, "https://worker.test", "s3cret") };
}

test("the token travels in a header, never in the URL, and no redirect is followed with it", async () => {
  const { sent, call } = answering(() => Response.json({ days: [] }));
  await call("GET", "/backfill/days", { query: { site: "a", from: undefined } });
  expect(sent[0]?.url).toBe("https://worker.test/backfill/days?site=a");
  expect(sent[0]?.init).toMatchObject({ headers: { Authorization: "Bearer s3cret" }, redirect: "error" });
});

test("a list is one parameter repeated, so that a name with a comma stays one name", async () => {
  const { sent, call } = answering(() => Response.json({}));
  await call("GET", "/timeseries/query", { query: { point_names: ["a,b", "a,b"] } });
  expect(sent[0]?.url).toBe("https://worker.test/timeseries/query?point_names=a%2Cb&point_names=a%2Cb");
});

test("a refusal is told with its details and its hint", async () => {
  const { call } = answering(() =>
    Response.json({ error: "Validation failed", details: ["x is odd"], hint: "Be even" }, { status: 400 }),
  );
  expect(await call("POST", "/backfill/start", { body: {} })).toEqual({
    ok: false,
    fault: { status: 400, message: "Validation failed. x is odd. Be even" },
  });
});

test.for([
  { name: "a connection that fails", reply: () => Promise.reject(new TypeError("down")) as never },
  { name: "a body that is no JSON", reply: () => new Response("<html>") },
])("$name is no exception but a fault of status 0", async ({ reply }) => {
  const { call } = answering(reply);
  expect(await call("GET", "/backfill/status")).toMatchObject({ ok: false, fault: { status: 0 } });
});
