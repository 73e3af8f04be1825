import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/domain/day.ts";
import { workerClient } from "../worker-api/worker-api.ts";
import { CHART_ROWS_MAX, fetchSamples, type SamplesQuery } from "./query-api.ts";

const query: SamplesQuery = {
  site: "a",
  point: "p,q",
  span: { fromMs: 0, toMs: 2_000 * DAY_MS },
  interval: "1day",
  agg: "max",
};
const metadata = { bytes_read: 5, r2_requests: 1, query_time_ms: 2, missing_days: ["1970-01-09"] };

const unending = new AbortController().signal;

/** Pages of `rows` rows, a cursor between them. */
function worker(pagesAPiece: number, rows = 1) {
  const requests: URLSearchParams[] = [];
  const fetcher = (async (url: string) => {
    const parameters = new URL(url).searchParams;
    requests.push(parameters);
    const page = Number(parameters.get("cursor") ?? 0) + 1;
    const sample = { point_name: "p,q", timestamp: String(parameters.get("start_time")), value: page };
    return Response.json({
      samples: Array.from({ length: rows }, () => sample),
      metadata: { ...metadata, next_cursor: page < pagesAPiece ? String(page) : null },
    });
  }) as typeof fetch;
  return { requests, client: workerClient(fetcher, "https://query.test", "t") };
}

test("a span longer than one query covers is loaded in parts, page by page, in order", async () => {
  const { requests, client } = worker(2);
  const answer = await fetchSamples(client, query, unending);
  expect(
    answer.ok && answer.body.samples.map(({ timestamp, value }) => [timestamp.slice(0, 10), value]),
  ).toEqual([
    ["1970-01-01", 1],
    ["1970-01-01", 2],
    ["1975-01-02", 1],
    ["1975-01-02", 2],
  ]);
  expect(answer).toMatchObject({ body: { truncated: false, cost: { bytes_read: 20, r2_requests: 4 } } });
  expect(requests.map((query) => query.get("cursor"))).toEqual([null, "1", null, "1"]);
  expect(requests[3]?.get("end_time")).toBe(new Date(2_000 * DAY_MS).toISOString());
});

test("missing days are those of every page, each once", async () => {
  let page = 0;
  const fetcher = (async () => {
    page += 1;
    const missing_days = ["1970-01-09", `1971-0${page}-01`];
    return Response.json({
      samples: [],
      metadata: { ...metadata, missing_days, next_cursor: page < 3 ? String(page) : null },
    });
  }) as typeof fetch;
  const client = workerClient(fetcher, "https://query.test", "t");
  const answer = await fetchSamples(client, { ...query, span: { fromMs: 0, toMs: DAY_MS } }, unending);
  expect(answer).toMatchObject({
    body: { missingDays: ["1970-01-09", "1971-01-01", "1971-02-01", "1971-03-01"] },
  });
});

test("a name with a comma stays one name, and raw samples have no aggregate", async () => {
  const { requests, client } = worker(1);
  await fetchSamples(client, { ...query, interval: "raw" }, unending);
  expect(requests[0]?.getAll("point_names")).toEqual(["p,q", "p,q"]);
  expect(requests[0]?.has("agg")).toBe(false);
});

test("a chart with too many rows is truncated, and has a mark of it", async () => {
  const answer = await fetchSamples(worker(1_000, 50_000).client, query, unending);
  expect(answer.ok && [answer.body.truncated, answer.body.samples.length]).toEqual([true, CHART_ROWS_MAX]);
});
