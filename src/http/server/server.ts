import { type Context, Hono } from "hono";
import type { ServiceRoot } from "../../contract/parameters.ts";
import type { ConfigResult, Env as Variables } from "../../domain/variables.ts";
import type { Log } from "../../ports/ports.ts";
import { docsResponse } from "../docs/docs.ts";
import { authenticate, secretFaults } from "./auth.ts";
import { isPreflight, preflight, setCorsHeaders } from "./cors.ts";
import { endpointTable, methodNotAllowed, notFound } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";
import {
  configurationInvalid,
  internalError,
  type JsonResponse,
  setSecurityHeaders,
  toResponse,
} from "./response.ts";
import type { Route, Service } from "./service.ts";

export { preferred } from "./accept.ts";
export {
  gauge,
  type MetricFamily,
  type MetricSample,
  SCRAPE,
  scrapeResponse,
} from "./exposition.ts";
export { type InputRules, type InputSchema, valid } from "./input.ts";
export { repeatedIn } from "./request-fields.ts";
export { errorResponse, type JsonResponse, retryLater, validationFailed } from "./response.ts";
export {
  RETRY_AFTER,
  type ResponseDescriptions,
  type Route,
  type RouteDefinition,
  route,
  type Service,
} from "./service.ts";

/** What a Worker brings to its HTTP. */
export interface WorkerParts<Env extends object, Config, RequestContext> {
  readonly service: Service<RequestContext>;
  parse(variables: Variables): ConfigResult<Config>;
  /** The context of a request; called only for a request that is authenticated where its route asks for it. */
  context(request: Request, config: Config, env: Env): RequestContext;
  readonly log: Log;
  readonly version: string;
}

interface AppTypes<Env extends object, Config> {
  Bindings: Env;
  Variables: { config: ConfigResult<Config> };
}

export type WorkerApp<Env extends object, Config> = Hono<AppTypes<Env, Config>>;

/**
 * The HTTP of a Worker. Variables and secrets are read from the `env` of each request: the app is made once, outside
 * any request. Every error is JSON, unexpected ones included: in the documented form, or as a problem by RFC 9457.
 */
export function workerApp<
  Env extends object,
  Config extends { readonly allowedOrigins: readonly string[] },
  RequestContext,
>(parts: WorkerParts<Env, Config, RequestContext>): WorkerApp<Env, Config> {
  const { service, version } = parts;
  const table = endpointTable(service.routes);
  // Not strict: a slash at the end of a path changes nothing.
  const app: WorkerApp<Env, Config> = new Hono({ strict: false });

  app.use("*", async (c, next) => {
    const config = parts.parse(variablesOf(c.env));
    c.set("config", config);
    const origins = config.ok ? config.config.allowedOrigins : [];
    if (isPreflight(c.req.raw)) c.res = toResponse(preflight(c.req.raw, origins), c.req.raw);
    else await next();
    setSecurityHeaders(c.res.headers);
    setCorsHeaders(c.res.headers, c.req.raw, origins);
  });

  app.get("/", (c) => {
    const valid = c.get("config").ok && secretFaults(variablesOf(c.env), service.secrets).length === 0;
    const body: ServiceRoot = {
      service: service.title,
      version,
      endpoints: { ...table.endpoints },
      configuration: valid ? "ok" : "invalid",
    };
    return toResponse({ status: 200, body }, c.req.raw);
  });
  const document = (request: Request) => openApiDocument(service, version, new URL(request.url).origin);
  app.get("/openapi.json", (c) =>
    responseTo(c, parts, async () => ({ status: 200, body: document(c.req.raw) })),
  );
  app.get("/docs", (c) => responseTo(c, parts, () => docsResponse(document(c.req.raw))));
  for (const route of service.routes) {
    app.on(route.method, route.path, (c) =>
      responseTo(c, parts, (config) => authenticated(route, c, config, parts)),
    );
  }

  for (const [path, allow] of table.allowedMethods) {
    app.options(path, (c) => toResponse({ status: 204, headers: { Allow: allow } }, c.req.raw));
    app.all(path, (c) => toResponse(methodNotAllowed(allow), c.req.raw));
  }
  app.notFound((c) => toResponse(notFound(table), c.req.raw));
  app.onError((fault, c) => toResponse(faultResponse(fault, c.req.raw, parts), c.req.raw));
  return app;
}

/** The response that `respond` gives if the configuration is valid: authentication and every route need it. */
async function responseTo<Env extends object, Config, RequestContext>(
  c: Context<AppTypes<Env, Config>>,
  parts: WorkerParts<Env, Config, RequestContext>,
  respond: (config: Config) => Promise<JsonResponse | Response>,
): Promise<Response> {
  // Hono's own handler does not catch a thrown value that is no Error.
  try {
    const parsed = c.get("config");
    const result = parsed.ok ? await respond(parsed.config) : configurationInvalid(parsed.faults);
    const response = result instanceof Response ? result : toResponse(result, c.req.raw);
    if (c.req.raw.method !== "HEAD") return response;
    // Hono drops the body of a response to HEAD without cancelling it; its source would wait for a reader for ever.
    await response.body?.cancel();
    return new Response(null, response);
  } catch (fault) {
    return toResponse(faultResponse(fault, c.req.raw, parts), c.req.raw);
  }
}

/** Checks secrets and token before the route responds, which reads the body. */
async function authenticated<Env extends object, Config, RequestContext>(
  route: Route<RequestContext>,
  c: Context<AppTypes<Env, Config>>,
  config: Config,
  { service, context }: WorkerParts<Env, Config, RequestContext>,
): Promise<JsonResponse | Response> {
  const request = c.req.raw;
  const variables = variablesOf(c.env);
  if (!route.isPublic || route.needsSecrets) {
    const faults = secretFaults(variables, service.secrets);
    if (faults.length > 0) return configurationInvalid(faults);
  }
  if (!route.isPublic) {
    const rejected = await authenticate(request.headers.get("Authorization"), variables, service.bearer);
    if (rejected) return rejected;
  }
  return route.respond(context(request, config, c.env));
}

/** The client learns nothing of an unexpected fault; the log line has all of it. */
function faultResponse<RequestContext>(
  fault: unknown,
  request: Request,
  { service, log }: { readonly service: Service<RequestContext>; readonly log: Log },
): JsonResponse {
  const expected = service.faultResponse?.(fault);
  // A request that is too large for the Worker is no error of the Worker.
  if (expected && expected.status < 500) return expected;
  log("ERROR", "Request failed", {
    method: request.method,
    path: new URL(request.url).pathname,
    error: fault instanceof Error ? fault.message : String(fault),
    ...(fault instanceof Error && { stack: fault.stack }),
  });
  return expected ?? internalError;
}

// Bindings and variables share one object; its type names the bindings only.
function variablesOf(env: object): Variables {
  return env as Variables;
}
