import type { NotFound } from "../contract/backfill.ts";
import { type Answer, refusal } from "./answer.ts";
import { audits, rebuild, verify } from "./audit-routes.ts";
import { cancel, retry, start } from "./job-routes.ts";
import { days, errors, events, status } from "./read-routes.ts";
import type { Route } from "./route.ts";

/** Everything that asks the backfill; `GET /` and `GET /openapi.json` describe it and stand in `app.ts`. */
export const routes: readonly Route[] = [
  start,
  status,
  cancel,
  days,
  errors,
  retry,
  verify,
  audits,
  rebuild,
  events,
];

/** The routes that need no backfill to be answered. */
export const DESCRIPTIONS = { root: "GET /", openapi: "GET /openapi.json" } as const;

/** Every route by name, as `METHOD /path`. */
export const endpoints: Readonly<Record<string, string>> = {
  ...Object.fromEntries(routes.map((route) => [route.name, `${route.method} ${route.path}`])),
  ...DESCRIPTIONS,
};

/** Every path with the methods it takes; HEAD goes with GET. */
export const allowedMethods: ReadonlyMap<string, string> = methodsByPath();

export function notFound(): Answer {
  return {
    status: 404,
    body: { error: "Not found", endpoints: Object.values(endpoints) } satisfies NotFound,
  };
}

export function methodNotAllowed(path: string): Answer {
  const allow = allowedMethods.get(path) ?? "OPTIONS";
  return refusal(405, { error: "Method not allowed", hint: `Allowed here: ${allow}` }, { Allow: allow });
}

function methodsByPath(): Map<string, string> {
  const found = new Map<string, string>();
  for (const endpoint of Object.values(endpoints)) {
    const [method = "", path = ""] = endpoint.split(" ");
    const methods = method === "GET" ? "GET, HEAD" : method;
    found.set(path, [found.get(path), methods].filter(Boolean).join(", "));
  }
  for (const [path, methods] of found) found.set(path, `${methods}, OPTIONS`);
  return found;
}
