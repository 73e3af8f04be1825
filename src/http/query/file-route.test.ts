import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { queryUnderTest } from "../../../test/support/http/fake-query.ts";
import type { ObjectKey } from "../../domain/layout.ts";

const PATH = "/timeseries/file?site_name=site_a&date=2024-01-31";
const KEY = "timeseries/2024/01/31/site_a.parquet" as ObjectKey;
const CONTENT = new TextEncoder().encode("PAR1 … PAR1");

function withFile(sha256: string | undefined) {
  const { sources, ...app } = queryUnderTest();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(CONTENT);
        controller.close();
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const head = { key: KEY, etag: "e1", bytes: CONTENT.length, sha256, uploadedAt: 0, metadata: {} };
  sources.opened = { head, body };
  return { ...app, sources, cancelled: () => cancelled };
}

describe("GET /timeseries/file", () => {
  it("is described with its media type and its headers", async () => {
    const { paths } = (await (await queryUnderTest().request("/openapi.json")).json()) as {
      paths: Record<string, { get: { responses: Record<string, { content: object; headers: object }> } }>;
    };
    const { content, headers } = paths["/timeseries/file"]?.get.responses["200"] ?? {};
    expect(content).toEqual({ "application/vnd.apache.parquet": {} });
    const carried = (await withFile("00").get(PATH)).headers;
    expect(Object.keys(headers ?? {}).filter((name) => !carried.has(name))).toEqual([]);
    expect(Object.keys(headers ?? {})).toHaveLength(4);
  });

  it("sends the bytes of the day's object, its length, etag and SHA-256", async () => {
    const hash = createHash("sha256").update(CONTENT);
    const { get, sources } = withFile(hash.copy().digest("hex"));
    const response = await get(PATH);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/vnd.apache.parquet",
      "content-length": String(CONTENT.length),
      "content-disposition": 'attachment; filename="site_a-2024-01-31.parquet"',
      "repr-digest": `sha-256=:${hash.digest("base64")}:`,
      etag: '"e1"',
    });
    expect(await response.bytes()).toEqual(CONTENT);
    expect(sources.calls).toEqual([["open", KEY]]);
  });

  it("sends no digest of an object that was stored without one", async () => {
    const { get } = withFile(undefined);
    expect((await get(PATH)).headers.get("Repr-Digest")).toBeNull();
  });

  it("responds to HEAD with the same headers, and cancels the object's body", async () => {
    const { request, cancelled } = withFile("00".repeat(32));
    const response = await request(PATH, {
      method: "HEAD",
      headers: { Authorization: "Bearer s3cret-query-key" },
    });
    expect(response.headers.get("Content-Length")).toBe(String(CONTENT.length));
    expect(response.headers.get("Repr-Digest")).toMatch(/^sha-256=:A+=:$/);
    expect(await response.text()).toBe("");
    expect(cancelled()).toBe(true);
  });

  it("responds with 404 for a day that is not archived", async () => {
    const { get, sources } = queryUnderTest();
    sources.opened = undefined;
    const response = await get(PATH);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: "2024-01-31 of site_a is not archived" });
  });

  it("rejects invalid sites and days", async () => {
    const { get, sources } = queryUnderTest();
    const response = await get("/timeseries/file?site_name=../x&date=2024-02-30");
    expect(response.status).toBe(400);
    expect(sources.calls).toEqual([]);
  });
});
