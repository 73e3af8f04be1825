import { describe, expect, it } from "vitest";
import { QUERY_ENV, QUERY_KEY, queryPath, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import * as wire from "../../contract/query.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";
import { compareNames } from "../../domain/point-name.ts";
import { NO_FIELDS, type PointRow } from "../../domain/point-row.ts";
import type { SiteName } from "../../domain/site.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";
import type { DayPoints } from "../../query/catalog/catalog.ts";
import { ObjectUnreadable } from "../../query/cold/cold.ts";
import { endpointTable } from "../server/endpoints.ts";
import { queryService } from "./query.ts";

const PROTECTED = [
  queryPath(),
  "/timeseries/sites?date=2024-01-31",
  "/timeseries/points?site_name=site_a&date=2024-01-31",
  "/timeseries/days?site_name=site_a&from=2024-01-31&to=2024-02-01",
  "/timeseries/latest?site_name=site_a&point_names=a",
  "/timeseries/file?site_name=site_a&date=2024-01-31",
];

describe("the token", () => {
  it.each(PROTECTED)("is required by %s, which reads nothing without it", async (path) => {
    const { request, sources, get } = queryUnderTest();
    expect((await request(path, { method: "HEAD" })).status).toBe(401);
    const none = await request(path);
    expect([none.status, none.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"]);
    expect(await none.json()).toMatchObject({ hint: expect.stringContaining("QUERY_API_KEY") });
    for (const token of ["wrong", `${QUERY_KEY}x`, QUERY_KEY.slice(1), "undefined"]) {
      expect((await get(path, { Authorization: `Bearer ${token}` })).status).toBe(403);
    }
    expect([sources.calls, sources.queries]).toEqual([[], []]);
    expect((await get(path)).status).toBe(200);
  });

  it.each([undefined, "", " \n", 5])(
    "that is unset (%j) makes every request fail, and is named",
    async (secret) => {
      const { request, get } = queryUnderTest({ ...QUERY_ENV, QUERY_API_KEY: secret });
      for (const path of [...PROTECTED, "/health"]) {
        for (const response of [
          await get(path),
          await request(path),
          await get(path, { Authorization: "Bearer " }),
        ]) {
          expect(response.status).toBe(500);
          expect(await response.json()).toEqual({
            error: "Configuration invalid",
            details: [expect.stringContaining("QUERY_API_KEY is not set")],
          });
        }
      }
      expect(await (await request("/")).json()).toMatchObject({ configuration: "invalid" });
    },
  );

  it("of the Backfill Worker is wrong here", async () => {
    const { get } = queryUnderTest({ ...QUERY_ENV, BACKFILL_API_KEY: "other-key", ACE_API_KEY: "third" });
    for (const key of ["other-key", "third"]) {
      expect((await get(PROTECTED[0] as string, { Authorization: `Bearer ${key}` })).status).toBe(403);
    }
  });
});

describe("origins", () => {
  const origin = { Origin: "https://app.example.com" };

  it("that are allowed are named, others are not, and preflights need no token", async () => {
    const { get, request } = queryUnderTest();
    const allowed = await get(queryPath(), origin);
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe(origin.Origin);
    expect(allowed.headers.get("Access-Control-Expose-Headers")).toBeNull();
    expect(allowed.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    const stranger = await get(queryPath(), { Origin: "https://evil.test" });
    expect(stranger.headers.get("Access-Control-Allow-Origin")).toBeNull();
    for (const [headers, status] of [
      [origin, 204],
      [{ Origin: "https://evil.test" }, 403],
    ] as const) {
      const preflight = await request("/timeseries/query", {
        method: "OPTIONS",
        headers: { ...headers, "Access-Control-Request-Method": "GET" },
      });
      expect(preflight.status).toBe(status);
    }
  });

  it("with a fault make every route fail and are named", async () => {
    const { get } = queryUnderTest({ ...QUERY_ENV, ALLOWED_ORIGINS: "https://app.example.com/" });
    for (const path of [...PROTECTED, "/health", "/openapi.json"]) {
      const response = await get(path);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ details: [expect.stringContaining("ALLOWED_ORIGINS")] });
    }
  });

  it("that hold the key by mistake do not show it", async () => {
    const { get } = queryUnderTest({ ...QUERY_ENV, ALLOWED_ORIGINS: `https://${QUERY_KEY}.test/` });
    expect(await (await get("/health")).text()).not.toContain(QUERY_KEY);
  });
});

describe("routing", () => {
  it("names service and endpoints", async () => {
    expect(await (await queryUnderTest().request("/")).json()).toEqual({
      service: "Building Vitals Query Worker",
      version: "1.0.0",
      configuration: "ok",
      endpoints: {
        query: "GET /timeseries/query",
        sites: "GET /timeseries/sites",
        points: "GET /timeseries/points",
        days: "GET /timeseries/days",
        latest: "GET /timeseries/latest",
        file: "GET /timeseries/file",
        health: "GET /health",
        root: "GET /",
        openapi: "GET /openapi.json",
        docs: "GET /docs",
      },
    });
  });

  it.each(["/nowhere", "/timeseries", "/timeseries/query/x", "/backfill/status"])(
    "does not know %s",
    async (path) => {
      const response = await queryUnderTest().get(path);
      expect(response.status).toBe(404);
      expect(wire.notFound.parse(await response.json()).endpoints).toContain("GET /timeseries/query");
    },
  );

  it.each(["POST", "PUT", "DELETE", "PROPFIND"])("rejects %s with the allowed methods", async (method) => {
    for (const path of ["/timeseries/query", "/timeseries/latest", "/health", "/"]) {
      const response = await queryUnderTest().request(path, { method });
      expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    }
  });

  it("responds to HEAD as to GET without a body", async () => {
    const { request } = queryUnderTest();
    const headers = { Authorization: `Bearer ${QUERY_KEY}` };
    for (const path of [...PROTECTED, "/health"]) {
      const response = await request(path, { method: "HEAD", headers });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
  });

  it.each(["json", "csv", "ndjson", "arrow"])(
    "responds to HEAD for a query in %s with its headers, and stops reading",
    async (format) => {
      const { request, get, sources, logged } = queryUnderTest();
      let [given, left] = [0, 0];
      const days = sources.days.bind(sources);
      sources.sampleTimes = Array.from(
        { length: 5_000 },
        (_, row) => Date.parse("2024-01-31T00:00:00Z") + row,
      );
      sources.days = async function* (query) {
        try {
          for (; ; given++) yield* days(query);
        } finally {
          left++;
        }
      };
      const path = queryPath({ format });
      const headers = { Authorization: `Bearer ${QUERY_KEY}` };
      const response = await request(path, { method: "HEAD", headers });
      expect([response.status, response.body, given, left]).toEqual([200, null, 0, 1]);
      expect(logged).toMatchObject([{ level: "INFO", fields: { site: "site_a", r2_requests: 0 } }]);
      const asGet = await get(path);
      expect([...response.headers]).toEqual([...asGet.headers]);
      await asGet.body?.cancel();
    },
  );

  it.each([...PROTECTED, "/health", "/nowhere"])("%s may not be sniffed or stored", async (path) => {
    const { headers } = await queryUnderTest().get(path);
    expect([headers.get("X-Content-Type-Options"), headers.get("Cache-Control")]).toEqual([
      "nosniff",
      "no-store",
    ]);
  });
});

describe("GET /health", () => {
  it("responds without a token and without reading", async () => {
    const { request, sources } = queryUnderTest();
    expect(await (await request("/health?probe=1")).json()).toEqual({
      status: "ok",
      service: "Building Vitals Query Worker",
      version: "1.0.0",
    });
    expect(sources.calls).toEqual([]);
  });
});

const TEMP: PointRow = {
  name: "s/temp",
  fields: {
    ...NO_FIELDS,
    units: "degreesFahrenheit",
    description: "Zone temperature",
    objectName: "ZN-T",
    kvTags: '{"equip":"VAV_7"}',
    markerTags: '["temp"]',
  },
  firstSeen: "2024-01-01" as UtcDay,
  lastSeen: "2024-03-01" as UtcDay,
};
const FAN: PointRow = { ...TEMP, name: "s/fan", fields: NO_FIELDS };

/** A points file; the rows of one are in order of name. */
const fileOf = (...rows: readonly PointRow[]) =>
  new Map([...rows].sort((a, b) => compareNames(a.name, b.name)).map((row) => [row.name, row]));

interface PointsBody {
  readonly points: readonly { readonly point_name: string }[];
  readonly samples: readonly unknown[];
  readonly metadata: { readonly total_points: number; readonly next_cursor: string | null };
}
const bodyOf = async (response: Promise<Response>) => (await (await response).json()) as PointsBody;

const dayOf = (...points: readonly string[]): DayPoints => ({
  state: "present",
  tiers: ["cold"],
  points: points.map((point) => ({ point, samples: 1, firstMs: 0, lastMs: 0 })),
});

describe("GET /timeseries/points", () => {
  const path = "/timeseries/points?site_name=site_a&date=2024-01-31";

  it("lists the points of a day with count, first and last time", async () => {
    const { get, sources } = queryUnderTest();
    sources.dayPoints = {
      state: "present",
      tiers: ["cold"],
      points: [{ point: "a,b", samples: 3, firstMs: 0, lastMs: 86_399_999 }],
    };
    const body = await (await get(path)).json();
    expect(wire.pointsAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      site_name: "site_a",
      date: "2024-01-31",
      state: "present",
      points: [
        {
          point_name: "a,b",
          count: 3,
          first_timestamp: "1970-01-01T00:00:00.000Z",
          last_timestamp: "1970-01-01T23:59:59.999Z",
        },
      ],
      metadata: { total_points: 1, sources: ["R2"] },
    });
    expect(sources.calls).toEqual([
      ["points", "site_a", "2024-01-31"],
      ["known", "site_a"],
    ]);
  });

  it("lists without a date all points that were ever configured, with what the points file says", async () => {
    const { get, sources } = queryUnderTest();
    sources.pointsFile = fileOf(TEMP, FAN);
    const body = await (await get("/timeseries/points?site_name=site_a")).json();
    expect(wire.knownPointsAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      points: [
        {
          point_name: "s/fan",
          units: null,
          kv_tags: {},
          marker_tags: [],
          first_seen: "2024-01-01",
          last_seen: "2024-03-01",
        },
        {
          point_name: "s/temp",
          units: "degreesFahrenheit",
          description: "Zone temperature",
          kv_tags: { equip: "VAV_7" },
        },
      ],
      metadata: { total_points: 2, next_cursor: null, points_file: "present", storage_tiers: ["cold"] },
    });
    expect(sources.calls).toEqual([["known", "site_a"]]);
  });

  it("has the same fields beside the samples of a day, where the file has the point", async () => {
    const { get, sources } = queryUnderTest();
    sources.pointsFile = fileOf(TEMP);
    sources.dayPoints = dayOf("s/other", "s/temp");
    const body = await bodyOf(get(path));
    expect(wire.pointsAnswer.strict().parse(body)).toEqual(body);
    expect(body.points[0]).toEqual({
      point_name: "s/other",
      count: 1,
      first_timestamp: "1970-01-01T00:00:00.000Z",
      last_timestamp: "1970-01-01T00:00:00.000Z",
    });
    expect(body.points[1]).toMatchObject({ count: 1, units: "degreesFahrenheit", last_seen: "2024-03-01" });
  });

  it("answers without a points file: a day without its fields, and no point that was ever configured", async () => {
    const { get, sources } = queryUnderTest();
    sources.dayPoints = dayOf("s/temp");
    expect(await (await get(`${path}&q=temp`)).json()).toMatchObject({
      points: [{ point_name: "s/temp" }],
      metadata: { points_file: "absent" },
    });
    const known = await get("/timeseries/points?site_name=site_a");
    expect([known.status, await known.json()]).toMatchObject([
      200,
      { points: [], metadata: { total_points: 0, points_file: "absent", storage_tiers: [] } },
    ]);
  });

  it.each([
    [new ArchiveUnavailable(3, new Error("R2 is down")), 503],
    [new ObjectUnreadable("points/site_a.parquet" as ObjectKey, new Error("no Parquet")), 500],
  ])("answers a day without a file that can't be read, and says so (%s)", async (fault, status) => {
    const { get, sources } = queryUnderTest();
    sources.dayPoints = dayOf("s/temp");
    sources.newest = { samples: [{ ms: 5, value: 1 }], tiers: ["hot"], searchedFromMs: 0 };
    sources.known = async () => {
      throw fault;
    };
    expect(await (await get(path)).json()).toMatchObject({
      points: [{ point_name: "s/temp", count: 1 }],
      metadata: { points_file: "unavailable" },
    });
    const latest = await bodyOf(get("/timeseries/latest?site_name=site_a&point_names=a"));
    expect(latest.samples).toEqual([{ point_name: "a", timestamp: "1970-01-01T00:00:00.005Z", value: 1 }]);
    const known = await get("/timeseries/points?site_name=site_a");
    expect(known.status).toBe(status);
    if (status === 500) {
      expect(await known.json()).toMatchObject({
        details: ["points/site_a.parquet"],
        hint: "The Backfill Worker writes the file anew when it next loads the site's list of points",
      });
    }
  });

  it.each([
    ["q=zone%20VAV_7", ["s/temp"]],
    ["q=ZONE", ["s/temp"]],
    ["q=zone%20fan", []],
    ["point_names=s/fan&point_names=s/none", ["s/fan"]],
    ["q=%20", ["s/fan", "s/temp"]],
  ])("finds with %s", async (search, found) => {
    const { get, sources } = queryUnderTest();
    sources.pointsFile = fileOf(TEMP, FAN);
    sources.dayPoints = dayOf("s/fan", "s/temp");
    for (const start of ["/timeseries/points?site_name=site_a", path]) {
      const { points, metadata } = await bodyOf(get(`${start}&${search}`));
      expect(points.map(({ point_name }) => point_name)).toEqual(found);
      expect(metadata.total_points).toBe(found.length);
    }
  });

  it("comes page by page, each with the count of all", async () => {
    const { get, sources } = queryUnderTest();
    const names = ["a", "b\u00e9", "\ue000", "\u{1f701}", "\u{1f701}z"];
    sources.pointsFile = fileOf(...names.map((name) => ({ ...TEMP, name })));
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const after: string = cursor && `&cursor=${cursor}`;
      const page = await bodyOf(get(`/timeseries/points?site_name=site_a&limit=2${after}`));
      expect(page.metadata.total_points).toBe(5);
      seen.push(...page.points.map(({ point_name }) => point_name));
      cursor = page.metadata.next_cursor;
    }
    expect(seen).toEqual(names);
  });

  it.each([
    ["/timeseries/points", ["site_name is required"]],
    [`${path}&limit=10001`, ['limit: "10001" is not a whole number from 1 to 10000']],
    [`${path}&cursor=%25`, ['cursor: "%" is not a next_cursor of this route']],
    [`${path}&q=${"x".repeat(201)}`, ["q: has more than 200 characters"]],
    [`${path}&date=2024-01-31`, ["date is given more than once"]],
    [path.replace("-31", "-32"), ['date: "2024-01-32" is not a real date of the form YYYY-MM-DD']],
  ])("rejects %s", async (wrong, details) => {
    expect(await (await queryUnderTest().get(wrong)).json()).toEqual({ error: "Validation failed", details });
  });
});

describe("GET /timeseries/sites", () => {
  it("lists the sites that have a file of the day", async () => {
    const { get, sources } = queryUnderTest();
    sources.daySites = ["site_a", "site_b"] as SiteName[];
    const body = await (await get("/timeseries/sites?date=2024-01-31")).json();
    expect(wire.sitesAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      date: "2024-01-31",
      sites: ["site_a", "site_b"],
      metadata: { sources: ["R2"] },
    });
    expect(sources.calls).toEqual([["sites", "2024-01-31"]]);
  });
});

describe("GET /timeseries/days", () => {
  const range = (from: string, to: string) => `/timeseries/days?site_name=site_a&from=${from}&to=${to}`;

  it("responds with the state of each day", async () => {
    const { get, sources } = queryUnderTest();
    sources.dayAvailability = [
      { day: "2024-01-31" as UtcDay, state: "present", tiers: ["hot", "cold"], samples: 5 },
      { day: "2024-02-01" as UtcDay, state: "missing", tiers: [], samples: undefined },
    ];
    const body = await (await get(range("2024-01-31", "2024-02-01"))).json();
    expect(wire.daysAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      days: [
        { date: "2024-01-31", state: "present", samples: 5 },
        { date: "2024-02-01", state: "missing", samples: null },
      ],
      metadata: { storage_tiers: ["cold", "hot"], sources: ["R2", "D1"] },
    });
    expect(sources.calls).toEqual([["availability", "site_a", "2024-01-31", "2024-02-01"]]);
  });

  it("accepts at most 366 days, and no reversed range", async () => {
    const { get } = queryUnderTest();
    expect((await get(range("2024-01-01", "2024-12-31"))).status).toBe(200);
    expect(await (await get(range("2024-01-01", "2025-01-01"))).json()).toMatchObject({
      details: ["at most 366 days are allowed"],
    });
    expect(await (await get(range("2024-01-02", "2024-01-01"))).json()).toMatchObject({
      details: ["from must not be after to"],
    });
  });
});

describe("GET /timeseries/latest", () => {
  it("responds with each point's newest sample, and names the points without one", async () => {
    const { get, sources } = queryUnderTest();
    sources.newest = { samples: [undefined, { ms: 5, value: 1.5 }], tiers: ["hot"], searchedFromMs: 0 };
    const body = await (
      await get("/timeseries/latest?site_name=site_a&point_names=a,b&point_names=c")
    ).json();
    expect(wire.latestAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({
      point_names: ["a,b", "c"],
      samples: [{ point_name: "c", timestamp: "1970-01-01T00:00:00.005Z", value: 1.5 }],
      missing_points: ["a,b"],
      searched_from: "1970-01-01T00:00:00.000Z",
      metadata: { total_samples: 1, sources: ["D1"] },
    });
    expect(sources.calls).toEqual([
      ["latest", "site_a", ["a,b", "c"]],
      ["known", "site_a"],
    ]);
  });

  it("has units and description of points that the points file has", async () => {
    const { get, sources } = queryUnderTest();
    sources.pointsFile = fileOf(TEMP, FAN);
    const sample = { ms: 5, value: 1.5 };
    sources.newest = { samples: [sample, sample, sample], tiers: ["hot"], searchedFromMs: 0 };
    const body = await bodyOf(get("/timeseries/latest?site_name=site_a&point_names=s/temp,s/fan,s/other"));
    expect(wire.latestAnswer.strict().parse(body)).toEqual(body);
    const timestamp = "1970-01-01T00:00:00.005Z";
    expect(body.samples).toEqual([
      {
        point_name: "s/temp",
        timestamp,
        value: 1.5,
        units: "degreesFahrenheit",
        description: "Zone temperature",
      },
      { point_name: "s/fan", timestamp, value: 1.5, units: null, description: null },
      { point_name: "s/other", timestamp, value: 1.5 },
    ]);
  });

  it("has the timestamps as numbers with time=ms", async () => {
    const { get, sources } = queryUnderTest();
    sources.newest = { samples: [{ ms: 5, value: 1.5 }], tiers: ["hot"], searchedFromMs: 0 };
    const path = "/timeseries/latest?site_name=site_a&point_names=a&time=";
    const body = await (await get(`${path}ms`)).json();
    expect(wire.latestAnswer.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({ samples: [{ point_name: "a", timestamp: 5, value: 1.5 }] });
    expect((await get(`${path}seconds`)).status).toBe(400);
  });

  it("keeps the sign of a zero, as a query does", async () => {
    const { get, sources } = queryUnderTest();
    sources.newest = { samples: [{ ms: 5, value: -0 }], tiers: ["cold"], searchedFromMs: 0 };
    const text = await (await get("/timeseries/latest?site_name=site_a&point_names=a")).text();
    expect(text).toContain('"value":-0}');
  });
});

describe("GET /openapi.json", () => {
  type Operation = {
    security: unknown[];
    parameters?: { name: string; description?: string; required: boolean; schema: object }[];
  };
  type Document = {
    paths: Record<string, { get: Operation & { responses: Record<string, { content: object }> } }>;
    components: {
      schemas: Record<string, { properties: Record<string, { description?: string }> }>;
      securitySchemes: { bearer: { description: string } };
    };
  };
  const read = async () => (await (await queryUnderTest().request("/openapi.json")).json()) as Document;

  it("describes every route, and requires the token where the Worker does", async () => {
    const { paths, components } = await read();
    const described = Object.keys(paths).map((path) => `GET ${path}`);
    expect(described.sort()).toEqual(Object.values(endpointTable(queryService.routes).endpoints).sort());
    for (const [path, { get }] of Object.entries(paths)) {
      const { status } = await queryUnderTest().request(path);
      expect(get.security, path).toEqual(status === 401 ? [{ bearer: [] }] : []);
    }
    expect(components.securitySchemes.bearer.description).toBe("QUERY_API_KEY");
  });

  it("documents a failed validation only for routes with input", async () => {
    const { paths } = await read();
    const validating = Object.keys(paths).filter((path) => paths[path]?.get.responses[400]);
    expect(validating.sort()).toEqual(PROTECTED.map((path) => path.split("?")[0]).sort());
    expect((await queryUnderTest().request("/health?verbose=1")).status).toBe(200);
  });

  it("refers only to schemas that exist, and to every one", async () => {
    const whole = await read();
    const names = [...JSON.stringify(whole).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1],
    );
    expect([...new Set(names)].sort()).toEqual(Object.keys(whole.components.schemas).sort());
  });

  it("describes every parameter, and every field of a query's metadata", async () => {
    const { paths, components } = await read();
    const silent = (named: [string, { description?: string | undefined }][]) =>
      named.filter(([, { description }]) => !description).map(([name]) => name);
    for (const [path, { get }] of Object.entries(paths)) {
      const parameters = (get.parameters ?? []).map((one): [string, typeof one] => [one.name, one]);
      expect(
        silent(parameters).filter((name) => name !== "site_name"),
        path,
      ).toEqual([]);
    }
    expect(silent(Object.entries(components.schemas.QueryMetadata?.properties ?? {}))).toEqual([]);
    expect(components.schemas.Sample?.properties.value?.description).toMatch(/^null /);
  });

  it("keeps the examples of a parameter beside its description", async () => {
    const { get } = (await read()).paths["/timeseries/query"] ?? {};
    const [start, end] = ["start_time", "end_time"].map((name) =>
      get?.parameters?.find((parameter) => parameter.name === name),
    );
    expect(start?.schema).toMatchObject({ type: "string", examples: ["2024-01-31T00:00:00Z"] });
    expect(end?.schema).toMatchObject({ type: "string", examples: ["2024-02-01T00:00:00Z"] });
    expect(start?.description).not.toBe(end?.description);
  });

  it("describes the parameters of a query by the schema that parses them, and all its formats", async () => {
    const { get } = (await read()).paths["/timeseries/query"] ?? {};
    const required = get?.parameters?.filter((parameter) => parameter.required).map(({ name }) => name);
    expect(required).toEqual(["site_name", "point_names", "start_time", "end_time"]);
    expect(get?.parameters?.find(({ name }) => name === "limit")?.schema).toMatchObject({
      type: "integer",
      minimum: 1,
      maximum: 1_000_000,
      default: 100_000,
    });
    const interval = get?.parameters?.find(({ name }) => name === "interval")?.schema;
    expect(interval).toMatchObject({ type: "string", default: "raw" });
    expect(Object.keys(get?.responses[200]?.content ?? {})).toEqual(Object.values(wire.MEDIA_TYPES));
  });
});
