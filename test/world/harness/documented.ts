import { expect } from "vitest";
import { z } from "zod";
import * as wire from "../../../src/contract/backfill.ts";
import { backfillService } from "../../../src/http/backfill/backfill.ts";
import { endpointTable } from "../../../src/http/server/endpoints.ts";
import { openApiDocument } from "../../../src/http/server/openapi.ts";
import { ORIGINS } from "./http.ts";

const { allowedMethods } = endpointTable(backfillService.routes);
const DOCUMENT = openApiDocument(backfillService, "1.0.0", "https://worker.test") as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};

/** Content types other than JSON, and the path that may have each. */
const OTHER_TYPES = new Map([
  ["text/event-stream", "/backfill/events"],
  ["text/plain; version=0.0.4; charset=utf-8", "/metrics"],
  ["text/html; charset=utf-8", "/docs"],
]);

/** The parts of a request on which its response depends. */
export interface SentRequest {
  readonly method: string;
  readonly path: string | undefined;
  readonly origin: string | null;
  readonly preflight: boolean;
}

/** Returns the body; fails unless the OpenAPI document describes the response, with no other field. */
export async function expectDocumented(request: SentRequest, response: Response): Promise<string> {
  expectHeaders(request, response);
  const otherPath = OTHER_TYPES.get(response.headers.get("Content-Type") ?? "");
  if (otherPath && request.method !== "HEAD") {
    expect([request.method, request.path, response.status]).toEqual(["GET", otherPath, 200]);
    if (otherPath !== "/backfill/events") return response.text();
    await response.body?.cancel();
    return "";
  }
  const text = await response.text();
  const schema = schemaFor(request, response);
  if (schema === undefined || request.method === "HEAD") expect(text).toBe("");
  else if (response.headers.get("Content-Type") === "application/problem+json")
    expectProblem(response.status, text);
  else expectShape(schema, text);
  return text;
}

/** The schema of the body, undefined for no body; fails unless the document describes the status. */
function schemaFor(request: SentRequest, { status, headers }: Response): z.ZodType | undefined {
  const { path, preflight, origin } = request;
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (preflight) {
    expect(status).toBe(allowed(origin) ? 204 : 403);
    return status === 403 ? wire.problem : undefined;
  }
  if (path === undefined) {
    expect(status).toBe(404);
    return wire.notFound;
  }
  // Methods are case-sensitive: "patch" is not a method.
  const operation = method === method.toUpperCase() && DOCUMENT.paths[path]?.[method.toLowerCase()];
  if (!operation) {
    expect(status).toBe(method === "OPTIONS" ? 204 : 405);
    expect(headers.get("Allow")).toBe(allowedMethods.get(path));
    return status === 405 ? wire.problem : undefined;
  }
  expect(Object.keys(operation.responses)).toContain(String(status));
  expect(status).not.toBe(500);
  return schemaOf(method, path, status);
}

function expectHeaders({ origin, preflight }: SentRequest, { status, headers }: Response): void {
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Vary")).toBe(status < 400 ? "Origin" : "Accept, Origin");
  const cors = [...headers].filter(([name]) => name.startsWith("access-control"));
  const named = cors.filter(([name]) => name === "access-control-allow-origin").map(([, value]) => value);
  expect(named).toEqual(allowed(origin) ? [origin] : []);
  expect(cors.length - named.length).toBe(preflight && status === 204 ? 3 : 0);
}

const allowed = (origin: string | null) => ORIGINS.some((known) => known === origin);

/** Fails where the body has fields that the schema has not; zod alone would drop them. */
function expectShape(schema: z.ZodType, text: string): void {
  const body: unknown = JSON.parse(text);
  expect(schema.parse(body)).toEqual(body);
}

function expectProblem(status: number, text: string): void {
  expect(status).toBeGreaterThanOrEqual(400);
  const body: unknown = JSON.parse(text);
  expect(wire.problemDetails.parse(body)).toMatchObject({ status });
  expect(body).not.toHaveProperty("error");
}

function schemaOf(method: string, path: string, status: number): z.ZodType {
  if (status === 200 && path === "/") return wire.serviceRoot;
  if (status === 200 && path === "/openapi.json") return z.record(z.string(), z.unknown());
  const route = backfillService.routes.find((each) => each.method === method && each.path === path);
  return route?.responses[status]?.schema ?? wire.problem;
}
