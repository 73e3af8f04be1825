import { type Context, Hono } from "hono";
import type { BackfillApi } from "../contract/api.ts";
import type { ServiceRoot } from "../contract/backfill.ts";
import { type ConfigResult, parseConfig } from "../domain/config-parse.ts";
import type { Clock, Log } from "../ports/ports.ts";
import {
  type Answer,
  configurationInvalid,
  internalError,
  toResponse,
  withSecurityHeaders,
} from "./answer.ts";
import { authenticate, secretFaults } from "./auth.ts";
import { isPreflight, preflight, withCorsHeaders } from "./cors.ts";
import { openApiDocument } from "./openapi.ts";
import type { Route } from "./route.ts";
import { allowedMethods, endpoints, methodNotAllowed, notFound, routes } from "./routes.ts";

export interface AppDeps<Env extends object> {
  /** The backfill behind the bindings of `env`; asked for only once the request may pass. */
  backfill(env: Env): BackfillApi;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
  readonly version: string;
}

type App<Env extends object> = { Bindings: Env; Variables: { config: ConfigResult } };

/**
 * The HTTP of the Backfill Worker. Variables and secrets are read from the `env` of each request: the app is made once,
 * outside any request. Every answer but the event stream is JSON, faults included.
 */
export function createApp<Env extends object>(deps: AppDeps<Env>): Hono<App<Env>> {
  // Not strict: a slash at the end of a path changes nothing.
  const app = new Hono<App<Env>>({ strict: false });

  app.use("*", async (c, next) => {
    const config = parseConfig(variablesOf(c.env));
    c.set("config", config);
    const origins = config.ok ? config.config.allowedOrigins : [];
    if (isPreflight(c.req.raw)) c.res = toResponse(preflight(c.req.raw, origins));
    else await next();
    withSecurityHeaders(c.res.headers);
    withCorsHeaders(c.res.headers, c.req.raw, origins);
  });

  app.get("/", (c) => toResponse(root(c.get("config"), c.env, deps.version)));
  app.get("/openapi.json", (c) => {
    const config = c.get("config");
    return toResponse(
      config.ok
        ? { status: 200, body: openApiDocument(routes, deps.version) }
        : configurationInvalid(config.faults),
    );
  });
  for (const route of routes) app.on(route.method, route.path, (c) => answered(route, c, deps));

  for (const [path, allow] of allowedMethods) {
    app.options(path, () => toResponse({ status: 204, headers: { Allow: allow } }));
    app.all(path, () => toResponse(methodNotAllowed(path)));
  }
  app.notFound(() => toResponse(notFound()));
  app.onError((fault, c) => toResponse(unexpected(fault, c.req.raw, deps.log)));
  return app;
}

async function answered<Env extends object>(
  route: Route,
  c: Context<App<Env>>,
  deps: AppDeps<Env>,
): Promise<Response> {
  // Hono's own net lets through what is thrown but is no Error.
  try {
    const answer = await guarded(route, c, deps);
    return answer instanceof Response ? answer : toResponse(answer);
  } catch (fault) {
    return toResponse(unexpected(fault, c.req.raw, deps.log));
  }
}

/** Configuration first, for without it nobody can be let in; the body is read last. */
async function guarded<Env extends object>(
  route: Route,
  c: Context<App<Env>>,
  { backfill, clock, log }: AppDeps<Env>,
): Promise<Answer | Response> {
  const result = c.get("config");
  if (!result.ok) return configurationInvalid(result.faults);
  const request = c.req.raw;
  if (route.access === "bearer") {
    const faults = secretFaults(variablesOf(c.env));
    if (faults.length > 0) return configurationInvalid(faults);
    const refused = await authenticate(request.headers.get("Authorization"), variablesOf(c.env));
    if (refused) return refused;
  }
  return route.handle({ request, config: result.config, backfill: backfill(c.env), clock, log });
}

function root(config: ConfigResult, env: object, version: string): Answer {
  const valid = config.ok && secretFaults(variablesOf(env)).length === 0;
  const body: ServiceRoot = {
    service: "Building Vitals Backfill Worker",
    version,
    endpoints: { ...endpoints },
    configuration: valid ? "ok" : "invalid",
  };
  return { status: 200, body };
}

/** The caller learns nothing of what went wrong inside; the log line does. */
function unexpected(fault: unknown, request: Request, log: Log): Answer {
  log("ERROR", "Request failed", {
    method: request.method,
    path: new URL(request.url).pathname,
    error: fault instanceof Error ? fault.message : String(fault),
    ...(fault instanceof Error && { stack: fault.stack }),
  });
  return internalError;
}

// Bindings and variables share one object; its type names the bindings only.
function variablesOf(env: object): Readonly<Record<string, unknown>> {
  return env as Readonly<Record<string, unknown>>;
}
