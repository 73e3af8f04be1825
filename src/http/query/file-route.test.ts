import { createHash } from "node:crypto";
import { asyncBufferFromUrl, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { QUERY_KEY, queryUnderTest } from "../../../test/support/http/fake-query.ts";
import { evenDay, namesOf } from "../../../test/support/query/archive.ts";
import type { UtcDay } from "../../domain/day.ts";
import type { ObjectKey } from "../../domain/layout.ts";

const PATH = "/timeseries/file?site_name=site_a&date=2024-01-31";
const KEY = "timeseries/2024/01/31/site_a.parquet" as ObjectKey;
const CONTENT = new TextEncoder().encode("0123456789");
const AUTHORIZATION = { Authorization: `Bearer ${QUERY_KEY}` };

function withFile(bytes: Uint8Array = CONTENT, sha256?: string) {
  const { files, request, ...app } = queryUnderTest();
  files.place(KEY, bytes, {}, sha256);
  const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
  const head = (headers: Record<string, string> = {}) =>
    request(PATH, { method: "HEAD", headers: { ...AUTHORIZATION, ...headers } });
  return { ...app, files, request, etag, head };
}

describe("GET /timeseries/file", () => {
  it("is described with its media type, its headers and those of its requests", async () => {
    const { paths } = (await (await queryUnderTest().request("/openapi.json")).json()) as {
      paths: Record<
        string,
        {
          get: {
            parameters: { in: string; name: string }[];
            responses: Record<string, { content?: object; headers?: object }>;
          };
        }
      >;
    };
    const { parameters = [], responses = {} } = paths["/timeseries/file"]?.get ?? {};
    expect(parameters.filter((one) => one.in === "header").map(({ name }) => name)).toEqual([
      "Range",
      "If-Range",
      "If-None-Match",
      "If-Match",
    ]);
    const { get, etag } = withFile(CONTENT, "00");
    for (const [status, headers] of [
      [200, {}],
      [206, { Range: "bytes=0-1" }],
      [304, { "If-None-Match": etag }],
      [416, { Range: "bytes=10-" }],
    ] as const) {
      const sent = await get(PATH, headers);
      const { headers: described = {}, content } = responses[status] ?? {};
      expect([status, Object.keys(described).filter((name) => !sent.headers.has(name))]).toEqual([
        sent.status,
        [],
      ]);
      if (status < 300) expect(content).toEqual({ "application/vnd.apache.parquet": {} });
    }
    expect(Object.keys(responses).sort()).toEqual([
      "200",
      "206",
      "304",
      "400",
      "401",
      "403",
      "404",
      "405",
      "412",
      "416",
      "500",
      "503",
    ]);
  });

  it("sends the bytes of the day's object, its length, etag and SHA-256", async () => {
    const hash = createHash("sha256").update(CONTENT);
    const { get, etag } = withFile(CONTENT, hash.copy().digest("hex"));
    const response = await get(PATH);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/vnd.apache.parquet",
      "content-length": "10",
      "accept-ranges": "bytes",
      "content-disposition": 'attachment; filename="site_a-2024-01-31.parquet"',
      "repr-digest": `sha-256=:${hash.digest("base64")}:`,
      etag,
    });
    expect(response.headers.get("Content-Range")).toBeNull();
    expect(await response.bytes()).toEqual(CONTENT);
  });

  it("sends no digest of an object that was stored without one", async () => {
    expect((await withFile().get(PATH)).headers.get("Repr-Digest")).toBeNull();
  });

  it("responds to HEAD with the same headers, and opens no object", async () => {
    const { get, head, files } = withFile(CONTENT, "00".repeat(32));
    const whole = await get(PATH);
    files.requests.length = 0;
    const response = await head({ Range: "bytes=0-1" });
    expect([response.status, ...response.headers]).toEqual([200, ...whole.headers]);
    expect(await response.text()).toBe("");
    expect(files.requests.map(({ kind }) => kind)).toEqual(["head"]);
  });

  it.each([
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=0-99", "0123456789", "bytes 0-9/10"],
  ])("sends %s as 206 with its place, its length and the file's etag", async (range, bytes, place) => {
    const { get, etag } = withFile();
    const response = await get(PATH, { Range: range, "If-Range": etag, "If-Match": etag });
    expect([response.status, await response.text()]).toEqual([206, bytes]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-range": place,
      "content-length": String(bytes.length),
      "accept-ranges": "bytes",
      etag,
    });
  });

  it.each(["bytes=4-2", "bytes=0-1,5-6", "lines=1-2"])("sends the whole file for %s", async (range) => {
    const response = await withFile().get(PATH, { Range: range });
    expect([response.status, await response.text()]).toEqual([200, "0123456789"]);
    expect(response.headers.get("Content-Range")).toBeNull();
  });

  it("responds with 416 and the size of the file where a range begins after its end", async () => {
    const response = await withFile().get(PATH, { Range: "bytes=10-" });
    expect([response.status, response.headers.get("Content-Range")]).toEqual([416, "bytes */10"]);
    expect(await response.json()).toEqual({ error: "Range not satisfiable", hint: "The file has 10 bytes" });
  });

  it("responds with 304 to a client that has the file, and opens no object", async () => {
    const { get, head, files, etag } = withFile();
    for (const response of [
      await get(PATH, { "If-None-Match": `"other", ${etag}`, Range: "bytes=0-1" }),
      await head({ "If-None-Match": `W/${etag}` }),
    ]) {
      expect([response.status, response.headers.get("ETag"), await response.text()]).toEqual([304, etag, ""]);
      expect(response.headers.get("Content-Length")).toBeNull();
    }
    expect(files.requests.map(({ kind }) => kind)).toEqual(["head", "head"]);
  });

  it("responds with 412 to a client that expects another version", async () => {
    const { get, etag } = withFile();
    const response = await get(PATH, { "If-Match": '"old"', Range: "bytes=0-1" });
    expect(response.status).toBe(412);
    expect(await response.json()).toMatchObject({ hint: expect.stringContaining(etag) });
  });

  it("sends a whole response of the new version where the file is replaced before it is read", async () => {
    const { get, files } = withFile();
    files.before = (request) => {
      if (request === 1) files.place(KEY, new TextEncoder().encode("abcdef"));
    };
    const response = await get(PATH, { Range: "bytes=-4" });
    expect(response.headers.get("Content-Range")).toBe("bytes 2-5/6");
    expect(response.headers.get("ETag")).toBe(withFile(new TextEncoder().encode("abcdef")).etag);
    expect(await response.text()).toBe("cdef");
    expect(files.requests.map(({ kind }) => kind)).toEqual(["head", "open", "head", "open"]);
  });

  it("gives up on a file that is replaced over and over, and says when to ask again", async () => {
    const { get, files } = withFile();
    files.before = (request) => files.place(KEY, new TextEncoder().encode(`version ${request}`));
    const response = await get(PATH);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "10"]);
  });

  it("responds with 404 where the file is removed before it is read", async () => {
    const { get, files } = withFile();
    files.before = (request) => {
      if (request === 1) files.remove(KEY);
    };
    expect((await get(PATH)).status).toBe(404);
  });

  it("shows its headers to a page of an allowed origin, which may ask for a range", async () => {
    const { get, request } = withFile(CONTENT, "00");
    const origin = { Origin: "https://app.example.com" };
    const response = await get(PATH, { ...origin, Range: "bytes=0-1" });
    expect(response.headers.get("Access-Control-Expose-Headers")?.split(", ")).toEqual([
      "ETag",
      "Accept-Ranges",
      "Content-Range",
      "Content-Length",
      "Content-Disposition",
      "Repr-Digest",
    ]);
    const preflight = await request(PATH, {
      method: "OPTIONS",
      headers: {
        ...origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range",
      },
    });
    expect(preflight.headers.get("Access-Control-Allow-Headers")?.split(", ")).toEqual(
      expect.arrayContaining(["Authorization", "Range", "If-Range", "If-Match", "If-None-Match"]),
    );
  });

  it("requires the token for HEAD and for ranges as for GET", async () => {
    const { request, files } = withFile();
    for (const method of ["GET", "HEAD"]) {
      const response = await request(PATH, { method, headers: { Range: "bytes=0-1" } });
      expect(response.status).toBe(401);
    }
    expect(files.requests).toEqual([]);
  });

  it("responds with 404 for a day that is not archived", async () => {
    const { get, files } = withFile();
    files.remove(KEY);
    for (const headers of [{}, { Range: "bytes=0-1", "If-Match": "*" }]) {
      const response = await get(PATH, headers);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: "2024-01-31 of site_a is not archived" });
    }
  });

  it("rejects invalid sites and days", async () => {
    const { get, files } = withFile();
    expect((await get("/timeseries/file?site_name=../x&date=2024-02-30")).status).toBe(400);
    expect(files.requests).toEqual([]);
  });
});

it("a reader of Parquet reads one point of a remote day with a small part of its bytes", async () => {
  const names = namesOf(200);
  const { rows, bytes } = evenDay("2024-01-31" as UtcDay, names, 288, 1_000);
  const { request, get } = withFile(bytes);
  let received = 0;
  const counted = async (url: string | URL | Request, init?: RequestInit) => {
    const response = await request(String(url), init);
    if (init?.method !== "HEAD") received += (await response.clone().bytes()).length;
    return response;
  };
  const file = await asyncBufferFromUrl({
    url: PATH,
    requestInit: { headers: AUTHORIZATION },
    fetch: counted,
  });
  expect(file.byteLength).toBe(bytes.length);
  const metadata = await parquetMetadataAsync(file, { initialFetchSize: 32 * 1024 });
  const filter = { point_name: { $eq: names[77] } };
  const read = await parquetReadObjects({ file, metadata, filter });
  expect(read.map(({ timestamp, value }) => [Number(timestamp), value])).toEqual(
    rows.filter(({ point }) => point === 77).map(({ timestampMs, value }) => [timestampMs, value]),
  );
  expect(received).toBeLessThan(bytes.length / 8);
  expect((await (await get(PATH)).bytes()).length).toBe(bytes.length);
});
