import { describe, expect, it } from "vitest";
import { ENV, underTest } from "../../../test/support/http/fake-backfill.ts";
import { alertNotice } from "../../contract/backfill.ts";
import { backfillService } from "../backfill/backfill.ts";
import { endpointTable } from "./endpoints.ts";

interface Operation {
  security: unknown[];
  parameters?: { name: string; schema: unknown }[];
  requestBody?: { required: boolean };
  responses: Record<string, Headered & { content?: Record<string, unknown> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, unknown>; required: string[] }> };
}

interface Headered {
  headers?: Record<string, unknown>;
}

/** Headers of every response. */
const ALWAYS = [
  "cache-control",
  "content-security-policy",
  "content-type",
  "referrer-policy",
  "vary",
  "x-content-type-options",
];

async function document(): Promise<Document> {
  return (await (await underTest().request("/openapi.json")).json()) as Document;
}

describe("GET /openapi.json", () => {
  it("describes every route and no other", async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe("3.1.0");
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(Object.values(endpointTable(backfillService.routes).endpoints).sort());
  });

  it("requires a bearer token exactly where the Worker does", async () => {
    const { paths } = await document();
    const { request } = underTest();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const { status } = await request(path, { method: method.toUpperCase() });
        expect(operation.security, `${method} ${path}`).toEqual(status === 401 ? [{ bearer: [] }] : []);
        expect("401" in operation.responses).toBe(status === 401);
      }
    }
  });

  it("refers only to schemas that exist, and to every one", async () => {
    const whole = await document();
    const text = JSON.stringify(whole);
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]));
    expect([...names].sort()).toEqual(Object.keys(whole.components.schemas).sort());
    expect(text).not.toContain("$schema");
  });

  it("lists every media type of a response", async () => {
    const { paths } = await document();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [status, { content = {} }] of Object.values(operations).flatMap(({ responses }) =>
        Object.entries(responses),
      )) {
        if (status === "405") continue;
        const forms =
          status < "400" ? [expect.any(String)] : ["application/json", "application/problem+json"];
        expect(Object.keys(content), `${path} ${status}`).toEqual(forms);
      }
    }
    expect(paths["/metrics"]?.get?.responses["200"]?.content).toEqual({ "text/plain": {} });
  });

  it("lists the headers that belong to a response", async () => {
    const { paths, components } = (await document()) as Document & {
      components: { responses: Record<string, Headered> };
    };
    const { request, get, backfill } = underTest();
    const named = (reply: Headered | undefined) => Object.keys(reply?.headers ?? {});
    const carried = (response: Response) =>
      [...response.headers.keys()].filter((name) => !ALWAYS.includes(name));
    backfill.foundDays = { kind: "site-unavailable", site: "building_a" };
    const responses = paths["/backfill/days"]?.get?.responses;
    expect(named(responses?.["503"])).toEqual(["Retry-After"]);
    expect(carried(await get("/backfill/days"))).toEqual(["retry-after"]);
    expect(named(responses?.["401"])).toEqual(["WWW-Authenticate"]);
    expect(carried(await request("/backfill/days"))).toEqual(["www-authenticate"]);
    expect(named(components.responses.MethodNotAllowed)).toEqual(["Allow"]);
    expect(carried(await request("/backfill/days", { method: "PUT" }))).toEqual(["allow"]);
  });

  it("describes every field that the Worker sends to the webhook", async () => {
    const { webhooks, components } = (await document()) as Document & {
      webhooks: Record<string, { post: { requestBody: unknown } }>;
    };
    expect(webhooks.alert?.post.requestBody).toEqual({
      required: true,
      content: { "application/json": { schema: { $ref: "#/components/schemas/AlertNotice" } } },
    });
    expect(Object.keys(components.schemas.AlertNotice?.properties ?? {}).sort()).toEqual(
      Object.keys(alertNotice.shape).sort(),
    );
  });

  it("describes input as it is sent, not as it is parsed", async () => {
    const { components, paths } = await document();
    const start = components.schemas.StartRequest;
    expect(start?.required).toEqual(["start_date", "end_date"]);
    expect(start?.properties).toMatchObject({
      start_date: { type: "string", format: "date" },
      force_restart: { type: "boolean", default: false },
      sites: { type: "array", minItems: 1, items: { type: "string", pattern: "^[A-Za-z0-9_-]{1,100}$" } },
    });
    expect(paths["/backfill/errors"]?.get?.parameters).toContainEqual({
      name: "limit",
      in: "query",
      required: false,
      schema: { type: "integer", minimum: 1, maximum: 1000, default: 100 },
    });
    expect(paths["/backfill/start"]?.post?.requestBody?.required).toBe(true);
    expect(paths["/backfill/retry"]?.post?.requestBody?.required).toBe(false);
  });

  it("contains nothing of the environment", async () => {
    const text = JSON.stringify(await document());
    for (const value of [ENV.ACE_API_KEY, ENV.BACKFILL_API_KEY, ENV.ACE_API_BASE]) {
      expect(text).not.toContain(value);
    }
  });
});
