import fc from "fast-check";
import { expect, test } from "vitest";
import { QUERY_KEY, queryPath, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import * as wire from "../../contract/query.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";
import { ListingTooLong } from "../../query/catalog/catalog.ts";
import { ObjectUnreadable, ObjectUnsettled } from "../../query/cold/cold.ts";
import { HotUnavailable } from "../../query/hot/hot.ts";
import { queryService } from "./query.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse("2024-01-31T00:00:00Z");

/** A parameter as it is sent, and as an independent parser reads it; without `read` it is invalid. */
interface ParameterCase {
  readonly texts: readonly string[];
  readonly read?: unknown;
}

const junk = fc.oneof(
  fc.string({ unit: "binary-ascii", maxLength: 12 }),
  fc.constantFrom(
    "%00",
    "\u0000",
    "../..",
    "💥",
    "null",
    "undefined",
    "NaN",
    "[]",
    "{}",
    "-1",
    "1e3",
    "٥",
    "x".repeat(3_000),
  ),
);
const invalid = (text: fc.Arbitrary<string>) => text.map((one): ParameterCase => ({ texts: [one] }));
const wanted = <T>(values: fc.Arbitrary<T>, texts: (value: T) => readonly string[]) =>
  values.map((value): ParameterCase => ({ texts: texts(value), read: value }));
const mostly = (right: fc.Arbitrary<ParameterCase>, wrong: fc.Arbitrary<ParameterCase>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
const choice = (names: readonly string[]) =>
  mostly(
    fc.oneof(
      fc.constant<ParameterCase>({ texts: [], read: undefined }),
      wanted(fc.constantFrom(...names), (name) => [name]),
    ),
    invalid(junk.filter((text) => !names.includes(text))),
  );

const twice: fc.Arbitrary<ParameterCase> = fc.constant({ texts: ["raw", "raw"] });
const absent: fc.Arbitrary<ParameterCase> = fc.constant({ texts: [] });
const name = fc.string({ unit: fc.constantFrom(..."ab,/\"'é&=+ %"), minLength: 1, maxLength: 5 });
const points: fc.Arbitrary<ParameterCase> = mostly(
  fc.oneof(
    wanted(fc.uniqueArray(name, { minLength: 2, maxLength: 5 }), (names) => names),
    wanted(
      fc.uniqueArray(
        name.filter((one) => !one.includes(",")),
        { minLength: 1, maxLength: 5 },
      ),
      (names) => [names.join(",")],
    ),
    wanted(name, (one) => [one, one]).map(({ texts, read }) => ({ texts, read: [read] })),
  ),
  fc.oneof(
    absent,
    invalid(fc.constantFrom("", ",", "a,", ",a", "a,,b", "é".repeat(1_025))),
    invalid(
      fc
        .integer({ min: 101, max: 300 })
        .map((count) => Array.from({ length: count }, (_, i) => `p${i}`).join()),
    ),
  ),
);
const moment = fc.oneof(
  fc.integer({ min: FIRST_MS, max: FIRST_MS + 3 * DAY_MS }),
  fc.constantFrom(0, FIRST_MS - 366 * DAY_MS, FIRST_MS + 366 * DAY_MS, FIRST_MS + 1_827 * DAY_MS),
);
const time: fc.Arbitrary<ParameterCase> = mostly(
  fc.oneof(
    wanted(moment, (ms) => [String(ms)]),
    wanted(moment, (ms) => [new Date(ms).toISOString()]),
    wanted(moment, (ms) => [new Date(ms + 5_400_000).toISOString().replace("Z", "+01:30")]),
  ),
  fc.oneof(
    absent,
    twice,
    invalid(
      fc.constantFrom("", "2024-01-31", "2024-01-31T00:00:00", "2024-02-30T00:00:00Z", "now", "1.5", "-1"),
    ),
  ),
);

const anyParameters = fc.record({
  site_name: mostly(
    wanted(fc.constantFrom("site_a", "A-1", "x".repeat(100)), (site) => [site]),
    fc.oneof(absent, invalid(fc.constantFrom("", "..", "a/b", "a.b", "x".repeat(101), "a\u0000", "é"))),
  ),
  point_names: points,
  start_time: time,
  end_time: time,
  interval: choice([...wire.INTERVALS, "1s", "30s", "90s", "1m", "2h", "8h", "1440m", "1d", "1w", "month"]),
  agg: choice(wire.AGGREGATES),
  limit: mostly(
    fc.oneof(
      fc.constant<ParameterCase>({ texts: [], read: undefined }),
      wanted(fc.integer({ min: 1, max: 1_000_000 }), (limit) => [String(limit)]),
    ),
    invalid(fc.constantFrom("", "0", "1000001", "1e3", " 5", "5.0", "-5", "99999999999")),
  ),
  format: choice(Object.keys(wire.MEDIA_TYPES)),
  time: choice(["iso", "ms"]),
});

/** Whether all parameters are valid by themselves and together. */
function acceptable(given: Readonly<Record<string, ParameterCase>>): boolean {
  if (Object.values(given).some((parameter) => !("read" in parameter))) return false;
  const [start, end] = [given.start_time?.read as number, given.end_time?.read as number];
  const interval = String(given.interval?.read ?? "raw");
  const raw = interval === "raw";
  const daysMax = /^(\d+(h|hr|d|day)|1440m|1?week|1w|1?month)$/.test(interval) ? 1_827 : 366;
  return start < end && end - start <= daysMax * DAY_MS && !(raw && given.agg?.read !== undefined);
}

test("a query is accepted exactly where an independent parser accepts its parameters", async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(anyParameters, async (given) => {
      const params = new URLSearchParams();
      for (const [key, { texts }] of Object.entries(given))
        for (const text of texts) params.append(key, text);
      const { get, sources } = queryUnderTest();
      const response = await get(`/timeseries/query?${params}`);
      const body = await response.arrayBuffer();
      expect([response.status, params.toString()]).toEqual([
        acceptable(given) ? 200 : 400,
        params.toString(),
      ]);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status === 200) {
        expect(sources.queries[0]).toMatchObject({
          site: given.site_name.read,
          points: given.point_names.read,
          fromMs: given.start_time.read,
          toMs: given.end_time.read,
        });
        return;
      }
      expect(sources.queries).toEqual([]);
      const problem = JSON.parse(new TextDecoder().decode(body)) as wire.Problem;
      expect(wire.problem.strict().parse(problem).error).toBe("Validation failed");
      // Each fault names its parameter, and no fault shows a long value. (A time that is given twice is rejected
      // before the other parameters are parsed.)
      const faulty = Object.keys(given).filter(
        (key) => !("read" in (given[key as keyof typeof given] as ParameterCase)),
      );
      if (!faulty.includes("start_time") && !faulty.includes("end_time")) {
        for (const key of faulty) expect(problem.details?.join("\n")).toContain(key);
      }
      expect(problem.details?.join("").length).toBeLessThan(2_000);
    }),
    { numRuns: 400 },
  );
  // A Worker with the same response to everything must not pass.
  expect(Math.min(statuses.get(200) ?? 0, statuses.get(400) ?? 0)).toBeGreaterThan(0);
});

const PATHS = [...queryService.routes.map(({ path }) => path), "/", "/openapi.json"];
const hostileTarget = fc
  .tuple(
    fc.constantFrom(
      ...PATHS,
      "/nowhere",
      "//timeseries/query",
      "/timeseries/%2e%2e/health",
      "/TIMESERIES/QUERY",
    ),
    fc.oneof(
      fc
        .array(
          fc.tuple(
            fc.oneof(
              fc.constantFrom(
                "site_name",
                "point_names",
                "date",
                "from",
                "to",
                "cursor",
                "__proto__",
                "constructor",
                "",
              ),
              junk,
            ),
            junk,
          ),
          { maxLength: 5 },
        )
        .map((pairs) => new URLSearchParams(pairs).toString()),
      fc.constantFrom(
        "",
        "?",
        "%",
        "%ff=%fe",
        "&&&=",
        `token=${QUERY_KEY}`,
        "point_names=a&".repeat(2_000),
        "a&".repeat(3_000),
      ),
    ),
  )
  .map(([path, parameters]) => `${path}?${parameters}`);
const target = fc.oneof(
  { weight: 3, arbitrary: hostileTarget },
  fc.constantFrom(
    queryPath(),
    queryPath({ format: "arrow" }),
    "/timeseries/points?site_name=site_a&date=2024-01-31",
    "/timeseries/days?site_name=site_a&from=2024-01-31&to=2024-02-01",
    "/timeseries/latest?site_name=site_a&point_names=a",
  ),
);

/** The message of a storage fault, which must not leave the Worker. */
const INSIDE = "bound to 10.0.0.7";
const KEY = "timeseries/2024/01/31/site_a.parquet" as ObjectKey;
const fault = fc.constantFrom(
  undefined,
  undefined,
  new HotUnavailable(new Error(INSIDE)),
  new ArchiveUnavailable(3, new Error(INSIDE)),
  new ObjectUnsettled(KEY, 5),
  new ObjectUnreadable(KEY, new Error(INSIDE)),
  new ListingTooLong("timeseries/2024/01/"),
  new Error(INSIDE),
  INSIDE,
);
const authorization = fc.constantFrom(
  undefined,
  "",
  "Bearer",
  `Bearer ${QUERY_KEY}`,
  `bearer   ${QUERY_KEY}`,
  `Basic ${QUERY_KEY}`,
  `Bearer ${QUERY_KEY}x`,
  `Bearer "${QUERY_KEY}"`,
);
const accept = fc.oneof(
  junk.filter((text) => /^[\x20-\x7e]*$/.test(text)),
  fc.constantFrom("*/*", "text/csv;q=2", ";;q=,", ",,,", "*/*;q=NaN", "a/b;q=1".repeat(500)),
);

/** A request for each status that must be seen: chance alone misses a rare one in some runs. */
const ONE_OF_EACH_STATUS: [string, string, string | undefined, string, Error | string | undefined][] = [
  [queryPath(), "GET", `Bearer ${QUERY_KEY}`, "*/*", undefined],
  [queryPath(), "OPTIONS", undefined, "*/*", undefined],
  ["/timeseries/query?", "GET", `Bearer ${QUERY_KEY}`, "*/*", undefined],
  [queryPath(), "GET", undefined, "*/*", undefined],
  [queryPath(), "GET", `Bearer ${QUERY_KEY}x`, "*/*", undefined],
  ["/nowhere?", "GET", `Bearer ${QUERY_KEY}`, "*/*", undefined],
  [queryPath(), "DELETE", `Bearer ${QUERY_KEY}`, "*/*", undefined],
  [queryPath(), "GET", `Bearer ${QUERY_KEY}`, "*/*", new Error(INSIDE)],
  [queryPath(), "GET", `Bearer ${QUERY_KEY}`, "*/*", new HotUnavailable(new Error(INSIDE))],
];

test("for any request and any fault the response is documented, nothing is read without the token, and no secret leaves", async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      target,
      fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "DELETE", "QUERY"),
      authorization,
      accept,
      fault,
      async (path, method, token, wish, thrown) => {
        const { request, sources, logged } = queryUnderTest();
        sources.fault = thrown;
        const headers = { Accept: wish, ...(token !== undefined && { Authorization: token }) };
        const response = await request(path, { method, headers });
        const text = await response.text();
        seen.add(response.status);
        const answers = [200, 204, 400, 401, 403, 404, 405, 406];
        expect(thrown === undefined ? answers : [...answers, 500, 503]).toContain(response.status);
        const errors = logged.filter(({ level }) => level !== "INFO");
        expect(errors).toHaveLength(response.status >= 500 ? 1 : 0);
        expect(response.headers.has("Retry-After")).toBe(response.status === 503);
        const sent = JSON.stringify([...response.headers]) + text;
        for (const secret of [QUERY_KEY, INSIDE]) expect(sent).not.toContain(secret);
        expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
        if (response.status >= 400 && response.status !== 404 && method !== "HEAD")
          wire.problem.parse(JSON.parse(text));
        if (!/^bearer +s3cret-query-key$/i.test(token ?? "")) {
          expect([sources.calls, sources.queries]).toEqual([[], []]);
        }
      },
    ),
    { numRuns: 400, examples: ONE_OF_EACH_STATUS },
  );
  expect([...seen].sort()).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 404, 405, 500, 503]));
});
