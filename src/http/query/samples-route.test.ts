import { describe, expect, it } from "vitest";
import { queryPath, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import { type QueryAnswer, queryAnswer } from "../../contract/query.ts";

const START_MS = Date.parse("2024-01-31T00:00:00Z");

async function detailsOf(changes: Parameters<typeof queryPath>[0]): Promise<string[]> {
  const { get, sources } = queryUnderTest();
  const response = await get(queryPath(changes));
  const answer = (await response.json()) as { error: string; details: string[] };
  expect([response.status, answer.error], JSON.stringify(answer)).toEqual([400, "Validation failed"]);
  expect(sources.queries).toEqual([]);
  return answer.details;
}

async function queryOf(changes: Parameters<typeof queryPath>[0]) {
  const { get, sources } = queryUnderTest();
  const response = await get(queryPath(changes));
  expect(response.status, await response.text()).toBe(200);
  return sources.queries[0];
}

describe("GET /timeseries/query", () => {
  it("responds with samples and metadata in the documented shape", async () => {
    const { get, sources } = queryUnderTest();
    sources.sampleTimes = [START_MS + 5];
    const response = await get(queryPath());
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
    const body = (await response.json()) as QueryAnswer;
    expect(queryAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      site_name: "site_a",
      point_names: ["a", "b"],
      samples: [
        { point_name: "a", timestamp: "2024-01-31T00:00:00.005Z", value: 0 },
        { point_name: "b", timestamp: "2024-01-31T00:00:00.005Z", value: 0 },
      ],
      metadata: { total_samples: 2, sources: ["R2", "D1"], storage_tiers: ["cold", "hot"] },
    });
    expect(sources.queries[0]).toMatchObject({
      site: "site_a",
      points: ["a", "b"],
      fromMs: START_MS,
      toMs: START_MS + 2 * 86_400_000,
    });
  });

  it.each([
    ["one name", "a", ["a"]],
    ["a list", "b,a,c", ["b", "a", "c"]],
    ["the same name twice for one", "a,b,a", ["a", "b"]],
    ["repeated names with their commas", ["a,b", "c"], ["a,b", "c"]],
    ["a lone name with a comma, given twice", ["a,b", "a,b"], ["a,b"]],
    ["names as they are, spaces and all", " a ,b", [" a ", "b"]],
    ["no name for an escape", "%2c", ["%2c"]],
    ["a name that begins with U+FEFF", "\ufeffa,b", ["\ufeffa", "b"]],
    ["as many points as are allowed", Array.from({ length: 100 }, (_, i) => `p${i}`).join(), undefined],
    ["the longest name", "é".repeat(1_024), undefined],
  ] as const)("accepts %s", async (_, point_names, points) => {
    const received = await queryOf({ point_names });
    if (points) expect(received?.points).toEqual(points);
  });

  it.each([
    ["", "point_names: a name is empty"],
    ["a,,b", "point_names: a name is empty"],
    [["a", ""], "point_names: a name is empty"],
    [undefined, "point_names is required"],
    [
      Array.from({ length: 101 }, (_, index) => `p${index}`).join(),
      "point_names: 101 points are requested; at most 100 are allowed",
    ],
    [`${"é".repeat(1_024)}a`, `point_names: "${"é".repeat(40)}…" has more than 2048 bytes`],
  ] as const)("rejects the points %j", async (point_names, detail) => {
    expect(await detailsOf({ point_names })).toEqual([detail]);
  });

  it("reads milliseconds and offsets as the same instants", async () => {
    const received = await queryOf({ start_time: String(START_MS), end_time: "2024-01-31T02:00:00+01:00" });
    expect(received).toMatchObject({ fromMs: START_MS, toMs: START_MS + 3_600_000 });
  });

  it.each([
    ["2024-01-31", "has no zone; write Z or an offset after it, as in 2024-01-31T00:00:00Z"],
    ["2024-01-31T00:00:00", "has no zone; write Z or an offset after it, as in 2024-01-31T00:00:00Z"],
    ["2024-01-31T00:00:00 01:00", "has lost the + of its offset; write %2B in a URL"],
    [
      "yesterday",
      "is not a time from 1970 to 2254 of the form 2024-01-31T00:00:00Z (with its zone), nor milliseconds since 1970",
    ],
  ])("rejects the time %s with the reason", async (start_time, reason) => {
    expect(await detailsOf({ start_time })).toEqual([`start_time: "${start_time}" ${reason}`]);
  });

  const range = (start: number, end: number) => ({ start_time: String(start), end_time: String(end) });

  it.each(["raw", "1s", "30min", undefined])(
    "accepts 366 days of %s and no millisecond more",
    async (interval) => {
      const longest = 366 * 86_400_000;
      await queryOf({ ...range(0, longest), interval });
      expect(await detailsOf({ ...range(0, longest + 1), interval })).toEqual([
        "end_time must be at most 366 days after start_time; with an interval of an hour or longer it may be 1827 days",
      ]);
    },
  );

  it.each(["1h", "60min", "90m", "1day", "1week", "1month"])(
    "accepts five years of %s and no millisecond more",
    async (interval) => {
      const longest = 1_827 * 86_400_000;
      await queryOf({ ...range(0, longest), interval });
      expect(await detailsOf({ ...range(0, longest + 1), interval })).toEqual([
        "end_time must be at most 1827 days after start_time",
      ]);
    },
  );

  it("accepts no empty or reversed range", async () => {
    await queryOf(range(0, 1));
    for (const [start, end] of [
      [5, 5],
      [6, 5],
    ] as const) {
      expect(await detailsOf(range(start, end))).toEqual(["start_time must be before end_time"]);
    }
  });

  it.each([
    [{ interval: "7min" }, 'interval: "7min" does not divide a day; near it are 6min and 8min'],
    [{ interval: "500ms" }, 'interval: "500ms" is in milliseconds; the shortest interval is 1s'],
    [
      { interval: "1hr", agg: "median" },
      'agg must be one of "avg", "min", "max", "sum", "count", "first", "last"',
    ],
    [{ agg: "avg" }, "agg needs an interval other than raw"],
    [{ interval: "raw", agg: "avg" }, "agg needs an interval other than raw"],
    [{ limit: "0" }, 'limit: "0" is not a whole number from 1 to 1000000'],
    [{ limit: "1000001" }, 'limit: "1000001" is not a whole number from 1 to 1000000'],
    [{ limit: "1e3" }, 'limit: "1e3" is not a whole number from 1 to 1000000'],
    [{ format: "xml" }, 'format must be one of "json", "csv", "ndjson", "arrow"'],
    [{ site_name: "../x" }, 'site_name: "../x" is not a site name'],
    [{ site_name: ["a", "b"] }, "site_name is given more than once"],
    [{ point: "a", "": "x" }, 'unknown parameter "point"', 'unknown parameter ""'],
    [{ cursor: "x" }, "cursor is not a cursor of this API"],
  ] as const)("rejects %j", async (changes, ...details) => {
    expect(await detailsOf(changes as Record<string, string>)).toEqual(details);
  });

  it("names every fault at once", async () => {
    const details = await detailsOf({
      site_name: undefined,
      start_time: "9",
      end_time: "9",
      agg: "avg",
      x: "1",
    });
    expect(details).toEqual([
      "site_name is required",
      'unknown parameter "x"',
      "start_time must be before end_time",
      "agg needs an interval other than raw",
    ]);
  });

  it("continues after the previous page, in another format, and rejects the cursor of another query", async () => {
    const { get, sources } = queryUnderTest();
    sources.sampleTimes = [START_MS, START_MS + 60_000];
    const first = (await (await get(queryPath({ limit: "3" }))).json()) as QueryAnswer;
    const cursor = first.metadata.next_cursor as string;
    expect(first.samples).toHaveLength(3);
    const second = await (await get(queryPath({ cursor, format: "csv" }))).text();
    expect(second.split("\r\n").slice(1)).toEqual(["b,2024-01-31T00:01:00.000Z,0,", ""]);
    const inMs = await (await get(queryPath({ cursor, format: "csv", time: "ms" }))).text();
    expect(inMs.split("\r\n").slice(1)).toEqual([`b,${START_MS + 60_000},0,`, ""]);
    expect(await (await get(queryPath({ cursor, point_names: "a" }))).json()).toMatchObject({
      details: ["cursor belongs to another query; only limit, format and time may change from page to page"],
    });
  });

  it("has timestamps as numbers of milliseconds with time=ms, in every format of text", async () => {
    const { get, sources } = queryUnderTest();
    sources.sampleTimes = [START_MS + 5];
    const textOf = async (format: string) =>
      (await get(queryPath({ point_names: "a", time: "ms", format }))).text();
    const json = JSON.parse(await textOf("json"));
    expect(queryAnswer.strict().parse(json)).toEqual(json);
    expect(json.samples).toEqual([{ point_name: "a", timestamp: START_MS + 5, value: 0 }]);
    expect(JSON.parse((await textOf("ndjson")).split("\n")[0] ?? "")).toEqual(json.samples[0]);
    expect((await textOf("csv")).split("\r\n")[1]).toBe(`a,${START_MS + 5},0,`);
  });

  it("has ISO text with time=iso, as without it, and rejects other forms", async () => {
    const { get, sources } = queryUnderTest();
    sources.sampleTimes = [START_MS];
    const samplesOf = async (time: string | undefined) =>
      ((await (await get(queryPath({ time }))).json()) as QueryAnswer).samples;
    expect(await samplesOf("iso")).toEqual(await samplesOf(undefined));
    expect(await detailsOf({ time: "s" })).toEqual(['time must be one of "iso", "ms"']);
  });

  it("averages where an interval has no aggregate", async () => {
    const { get, sources } = queryUnderTest();
    sources.sampleTimes = [START_MS + 1, START_MS + 2];
    const plain = (await (await get(queryPath({ interval: "1day" }))).json()) as QueryAnswer;
    const named = (await (await get(queryPath({ interval: "1day", agg: "avg" }))).json()) as QueryAnswer;
    expect(plain).toEqual(named);
    expect(plain.samples.map(({ timestamp }) => timestamp)).toEqual(
      Array(2).fill("2024-01-31T00:00:00.000Z"),
    );
  });
});

describe("the format", () => {
  it.each([
    [undefined, undefined, "application/json; charset=UTF-8"],
    [undefined, "*/*", "application/json; charset=UTF-8"],
    [undefined, "text/html,application/xml;q=0.9,*/*;q=0.8", "application/json; charset=UTF-8"],
    [undefined, "text/csv", "text/csv; charset=UTF-8; header=present"],
    [undefined, "text/*", "text/csv; charset=UTF-8; header=present"],
    [undefined, "TEXT/CSV;q=0.5, application/x-ndjson;q=0.6", "application/x-ndjson; charset=UTF-8"],
    [undefined, "application/json;q=0, */*", "text/csv; charset=UTF-8; header=present"],
    [undefined, "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"],
    ["csv", "application/json", "text/csv; charset=UTF-8; header=present"],
    ["json", "image/png", "application/json; charset=UTF-8"],
  ] as const)("%s with Accept %s is %s", async (format, accept, contentType) => {
    const { get } = queryUnderTest();
    const response = await get(queryPath({ format }), accept === undefined ? {} : { Accept: accept });
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, contentType]);
    expect(response.headers.get("Vary")).toBe("Accept, Origin");
  });

  it("that the Worker does not have is rejected with the list of formats", async () => {
    const response = await queryUnderTest().get(queryPath(), { Accept: "image/png, application/json;q=0" });
    expect(response.status).toBe(406);
    expect(await response.json()).toEqual({
      error: "Not acceptable",
      hint: "Accept one of application/json, text/csv, application/x-ndjson, application/vnd.apache.arrow.stream",
    });
  });
});

describe("a source that fails", () => {
  it("before the first row is a 500 that hides the reason", async () => {
    const { get, sources, logged } = queryUnderTest();
    sources.fault = new Error("secret inside");
    const response = await get(queryPath());
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "Internal error" });
    expect(logged.map(({ message }) => message)).toEqual(["Request failed"]);
  });

  it.each(["json", "csv", "ndjson", "arrow"])(
    "part-way closes the connection of a response in %s, and is logged",
    async (format) => {
      const { get, sources, logged } = queryUnderTest();
      sources.sampleTimes = Array.from({ length: 5_000 }, (_, row) => START_MS + row);
      Object.assign(sources, { fault: new Error("secret inside"), faultLater: true });
      const response = await get(queryPath({ format }));
      expect(response.status).toBe(200);
      await expect(response.arrayBuffer()).rejects.toThrow();
      expect(logged).toEqual([
        {
          level: "ERROR",
          message: "A response failed part-way",
          fields: expect.objectContaining({ site: "site_a", error: "secret inside" }),
        },
      ]);
    },
  );
});
