import type { NotFound } from "../../contract/parameters.ts";
import { type Answer, refusal } from "./answer.ts";
import type { Route } from "./route.ts";

/** The routes of every Worker: they describe it, and need nothing else to be answered. */
const DESCRIPTIONS = { root: "GET /", openapi: "GET /openapi.json", docs: "GET /docs" } as const;

/** What there is to be asked of a Worker. */
export interface EndpointTable {
  /** Every route by name, as `METHOD /path`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Every path with the methods it takes; HEAD goes with GET. */
  readonly allowedMethods: ReadonlyMap<string, string>;
}

export function endpointTable<Call>(routes: readonly Route<Call>[]): EndpointTable {
  const endpoints = {
    ...Object.fromEntries(routes.map((route) => [route.name, `${route.method} ${route.path}`])),
    ...DESCRIPTIONS,
  };
  return { endpoints, allowedMethods: methodsByPath(Object.values(endpoints)) };
}

export function notFound({ endpoints }: EndpointTable): Answer {
  return {
    status: 404,
    body: { error: "Not found", endpoints: Object.values(endpoints) } satisfies NotFound,
  };
}

export function methodNotAllowed(allow: string): Answer {
  return refusal(405, { error: "Method not allowed", hint: `Allowed here: ${allow}` }, { Allow: allow });
}

function methodsByPath(endpoints: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const endpoint of endpoints) {
    const [method = "", path = ""] = endpoint.split(" ");
    const methods = method === "GET" ? "GET, HEAD" : method;
    found.set(path, [found.get(path), methods].filter(Boolean).join(", "));
  }
  for (const [path, methods] of found) found.set(path, `${methods}, OPTIONS`);
  return found;
}
