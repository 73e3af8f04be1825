import { z } from "zod";
import { type NotFound, problem, serviceRoot } from "../../contract/parameters.ts";
import { errorResponse, type JsonResponse } from "./response.ts";
import type { RouteDescription } from "./service.ts";

const configurationFaults = { description: "Configuration invalid", schema: problem };

/** The routes that describe a Worker; every Worker has them, and they need nothing but its configuration. */
export const DESCRIPTION_ROUTES: readonly RouteDescription[] = [
  {
    name: "root",
    method: "GET",
    path: "/",
    isPublic: true,
    summary: "The service and its endpoints",
    responses: {
      200: { description: "Also sent where the configuration is invalid", schema: serviceRoot },
      500: { description: "Internal error", schema: problem },
    },
  },
  {
    name: "openapi",
    method: "GET",
    path: "/openapi.json",
    isPublic: true,
    summary: "This document",
    responses: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({}) }, 500: configurationFaults },
  },
  {
    name: "docs",
    method: "GET",
    path: "/docs",
    isPublic: true,
    summary: "This document as a page",
    responses: {
      200: { description: "A page without scripts", mediaTypes: ["text/html"] },
      500: configurationFaults,
    },
  },
];

/** The endpoints of a Worker. */
export interface EndpointTable {
  /** Every route by name, as `METHOD /path`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Every path with its allowed methods; HEAD goes with GET. */
  readonly allowedMethods: ReadonlyMap<string, string>;
}

export function endpointTable(routes: readonly RouteDescription[]): EndpointTable {
  const all = [...routes, ...DESCRIPTION_ROUTES];
  const allowedMethods = new Map<string, string>();
  for (const [path, of] of Map.groupBy(all, (route) => route.path)) {
    const methods = of.map(({ method }) => (method === "GET" ? "GET, HEAD" : method));
    allowedMethods.set(path, [...methods, "OPTIONS"].join(", "));
  }
  const endpoints = Object.fromEntries(all.map(({ name, method, path }) => [name, `${method} ${path}`]));
  return { endpoints, allowedMethods };
}

export function notFound({ endpoints }: EndpointTable): JsonResponse {
  return {
    status: 404,
    body: { error: "Not found", endpoints: Object.values(endpoints) } satisfies NotFound,
  };
}

export function methodNotAllowed(allow: string): JsonResponse {
  return errorResponse(
    405,
    { error: "Method not allowed", hint: `Allowed here: ${allow}` },
    { Allow: allow },
  );
}
