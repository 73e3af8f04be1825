import { expect } from "vitest";
import { z } from "zod";
import * as wire from "../../../src/contract/backfill.ts";
import { backfillService } from "../../../src/http/backfill/backfill.ts";
import { endpointTable } from "../../../src/http/server/endpoints.ts";
import { openApiDocument } from "../../../src/http/server/openapi.ts";
import { ORIGINS } from "./http.ts";

const { allowedMethods } = endpointTable(backfillService.routes);
const DOCUMENT = openApiDocument(backfillService, "1.0.0") as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};

/** What is not JSON, and whose it may be. */
const OTHERWISE = new Map([
  ["text/event-stream", "/backfill/events"],
  ["text/plain; version=0.0.4; charset=utf-8", "/metrics"],
  ["text/html; charset=utf-8", "/docs"],
]);

/** What was asked, as far as an answer depends on it. */
export interface Asked {
  readonly method: string;
  readonly path: string | undefined;
  readonly origin: string | null;
  readonly preflight: boolean;
}

/** Fails unless the answer is one that the document describes for this request, to the last field. Its body. */
export async function expectDocumented(asked: Asked, response: Response): Promise<string> {
  expectHeaders(asked, response);
  const otherwise = OTHERWISE.get(response.headers.get("Content-Type") ?? "");
  if (otherwise && asked.method !== "HEAD") {
    expect([asked.method, asked.path, response.status]).toEqual(["GET", otherwise, 200]);
    if (otherwise !== "/backfill/events") return response.text();
    await response.body?.cancel();
    return "";
  }
  const text = await response.text();
  const schema = schemaFor(asked, response);
  if (schema === undefined || asked.method === "HEAD") expect(text).toBe("");
  else if (response.headers.get("Content-Type") === "application/problem+json")
    expectProblem(response.status, text);
  else expectShape(schema, text);
  return text;
}

/** The schema of the body, once the status is one that is described; undefined where there is none. */
function schemaFor(asked: Asked, { status, headers }: Response): z.ZodType | undefined {
  const { path, preflight, origin } = asked;
  const method = asked.method === "HEAD" ? "GET" : asked.method;
  if (preflight) {
    expect(status).toBe(allowed(origin) ? 204 : 403);
    return status === 403 ? wire.problem : undefined;
  }
  if (path === undefined) {
    expect(status).toBe(404);
    return wire.notFound;
  }
  // Methods are told apart by case: "patch" is none.
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

function expectHeaders({ origin, preflight }: Asked, { status, headers }: Response): void {
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Vary")).toBe(status < 400 ? "Origin" : "Accept, Origin");
  const cors = [...headers].filter(([name]) => name.startsWith("access-control"));
  const named = cors.filter(([name]) => name === "access-control-allow-origin").map(([, value]) => value);
  expect(named).toEqual(allowed(origin) ? [origin] : []);
  expect(cors.length - named.length).toBe(preflight && status === 204 ? 3 : 0);
}

const allowed = (origin: string | null) => ORIGINS.some((known) => known === origin);

/** Not one field more than the schema has: zod would leave it out. */
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
  const route = backfillService.routes.find((one) => one.method === method && one.path === path);
  return route?.responses[status]?.schema ?? wire.problem;
}
