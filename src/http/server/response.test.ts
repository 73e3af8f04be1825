import { expect, test } from "vitest";
import { bearer, STATUS, underTest } from "../../../test/support/http/fake-backfill.ts";
import { queryPath, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import { problemDetails } from "../../contract/parameters.ts";
import { ArchiveUnavailable } from "../../query/archive-requests.ts";

const ASKING = { Accept: "application/problem+json" };

/** The body of an error response in RFC 9457's form. */
async function problemIn(response: Response) {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Vary")).toBe("Accept, Origin");
  const body: unknown = await response.json();
  expect(body).toMatchObject({ type: "about:blank", status: response.status });
  expect(body).not.toHaveProperty("error");
  return problemDetails.parse(body);
}

test("an error keeps its details and its hint beside the standard's members", async () => {
  const { request } = underTest();
  const start = await request("/backfill/start", {
    method: "POST",
    headers: { ...bearer(), ...ASKING },
    body: '{"start_date": "2024-02-31", "end_date": "2024-03-01", "x": 1}',
  });
  expect(await problemIn(start)).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: "Validation failed",
    instance: "/backfill/start",
    details: [expect.stringContaining("2024-02-31"), 'unknown field "x"'],
    hint: "Days are YYYY-MM-DD in UTC, and both ends are included: a range has at most 366 days",
  });
  const locked = await request("/backfill/days?from=2024-01-01", { headers: ASKING });
  expect(locked.headers.get("WWW-Authenticate")).toBe("Bearer");
  expect(await problemIn(locked)).toEqual({
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    detail: "Unauthorized",
    instance: "/backfill/days",
    hint: "Send the header Authorization: Bearer <BACKFILL_API_KEY>",
  });
});

test("every kind of error has both forms, each with the phrase of its status", async () => {
  const { request, backfill } = underTest();
  backfill.startOutcome = { kind: "conflict", state: STATUS };
  const body = '{"start_date": "2024-01-01", "end_date": "2024-01-02"}';
  const preflight = { Origin: "https://evil.test", "Access-Control-Request-Method": "GET" };
  const kinds = [
    ["Not Found", "/nowhere", {}, "endpoints"],
    ["Method Not Allowed", "/backfill/start", {}, "hint"],
    ["Forbidden", "/backfill/days", { headers: bearer("x") }, "hint"],
    ["Forbidden", "/backfill/days", { method: "OPTIONS", headers: preflight }, "title"],
    ["Conflict", "/backfill/start", { method: "POST", headers: bearer(), body }, "current_state"],
    [
      "Content Too Large",
      "/backfill/start",
      { method: "POST", headers: bearer(), body: " ".repeat(70_000) },
      "hint",
    ],
  ] as const;
  for (const [title, path, init, member] of kinds) {
    const headers = { ...("headers" in init ? init.headers : {}) };
    const problem = await problemIn(await request(path, { ...init, headers: { ...headers, ...ASKING } }));
    expect(problem).toMatchObject({ title, instance: path });
    expect(problem).toHaveProperty(member);
    const documented = await request(path, { ...init, headers });
    expect(documented.headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
    expect(await documented.json()).toMatchObject({ error: problem.detail });
  }
  backfill.fault = new Error("inside");
  expect(await problemIn(await request("/backfill/status", { headers: ASKING }))).toMatchObject({
    title: "Internal Server Error",
    detail: "Internal error",
  });
  const broken = underTest({ SITE_NAME: "" });
  expect(await problemIn(await broken.request("/openapi.json", { headers: ASKING }))).toMatchObject({
    detail: "Configuration invalid",
    details: expect.arrayContaining([expect.stringContaining("SITE_NAME")]),
  });
});

test.each([
  ["application/problem+json, application/json", true],
  ["application/json, application/problem+json", true],
  ["text/html, Application/Problem+JSON;q=0.9", true],
  ["application/problem+json;q=0.5, application/json", false],
  ["application/problem+json;q=0, */*", false],
  ["*/*", false],
  ["application/*", false],
  ["application/json", false],
  ["text/html", false],
  ["application/problem+xml", false],
  ["", false],
])("a client that accepts %j gets a problem: %s", async (accept, asProblem) => {
  const { headers } = await underTest().request("/nowhere", { headers: { Accept: accept } });
  expect(headers.get("Content-Type")?.startsWith("application/problem+json")).toBe(asProblem);
});

test("a response that is no error does not change", async () => {
  const { request, backfill } = underTest();
  backfill.current = STATUS;
  const response = await request("/backfill/status", { headers: ASKING });
  expect(response.headers.get("Content-Type")).toBe("application/json; charset=UTF-8");
  expect(response.headers.get("Vary")).toBe("Origin");
  expect(await response.json()).toEqual(STATUS);
});

test("the Query Worker's errors have the same forms, 406 included", async () => {
  const { get, sources } = queryUnderTest();
  expect(await problemIn(await get("/timeseries/query", ASKING))).toMatchObject({ title: "Bad Request" });
  expect(await problemIn(await get(queryPath(), ASKING))).toMatchObject({
    title: "Not Acceptable",
    hint: expect.stringContaining("text/csv"),
  });
  sources.fault = new ArchiveUnavailable(3, new Error());
  expect(await problemIn(await get(`${queryPath()}&format=csv`, ASKING))).toMatchObject({
    title: "Service Unavailable",
    detail: "Archive unavailable",
  });
});
