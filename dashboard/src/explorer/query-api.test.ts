import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/day.ts";
import { callerOf } from "../api/answer.ts";
import { ROWS_MAX, type SamplesAsked, samplesOf } from "./query-api.ts";

const asked: SamplesAsked = {
  site: "a",
  point: "p,q",
  span: { fromMs: 0, toMs: 400 * DAY_MS },
  interval: "1day",
  agg: "max",
};
const metadata = { bytes_read: 5, r2_requests: 1, query_time_ms: 2, missing_days: ["1970-01-09"] };

const unending = new AbortController().signal;

/** Pages of `rows` rows, a cursor between them. */
function worker(pagesAPiece: number, rows = 1) {
  const asked: URLSearchParams[] = [];
  const fetcher = (async (url: string) => {
    const query = new URL(url).searchParams;
    asked.push(query);
    const page = Number(query.get("cursor") ?? 0) + 1;
    const sample = { point_name: "p,q", timestamp: String(query.get("start_time")), value: page };
    return Response.json({
      samples: Array.from({ length: rows }, () => sample),
      metadata: { ...metadata, next_cursor: page < pagesAPiece ? String(page) : null },
    });
  }) as typeof fetch;
  return { asked, call: callerOf(fetcher, "https://query.test", "t") };
}

test("a span longer than one query takes is asked for in pieces, page after page, in order", async () => {
  const { asked: sent, call } = worker(2);
  const answer = await samplesOf(call, asked, unending);
  expect(
    answer.ok && answer.body.samples.map(({ timestamp, value }) => [timestamp.slice(0, 10), value]),
  ).toEqual([
    ["1970-01-01", 1],
    ["1970-01-01", 2],
    ["1971-01-02", 1],
    ["1971-01-02", 2],
  ]);
  expect(answer).toMatchObject({ body: { cut: false, cost: { bytes_read: 20, r2_requests: 4 } } });
  expect(sent.map((query) => query.get("cursor"))).toEqual([null, "1", null, "1"]);
  expect(sent[3]?.get("end_time")).toBe(new Date(400 * DAY_MS).toISOString());
});

test("missing days are told once a piece, not once a page", async () => {
  const answer = await samplesOf(worker(3).call, asked, unending);
  expect(answer).toMatchObject({ body: { missingDays: ["1970-01-09", "1970-01-09"] } });
});

test("a name with a comma stays one name, and samples as they are have no aggregate", async () => {
  const { asked: sent, call } = worker(1);
  await samplesOf(call, { ...asked, interval: "raw" }, unending);
  expect(sent[0]?.getAll("point_names")).toEqual(["p,q", "p,q"]);
  expect(sent[0]?.has("agg")).toBe(false);
});

test("a chart that would be endless is cut, and says so", async () => {
  const answer = await samplesOf(worker(1_000, 50_000).call, asked, unending);
  expect(answer.ok && [answer.body.cut, answer.body.samples.length]).toEqual([true, ROWS_MAX]);
});
