import { type Context, Hono } from "hono";
import type { ServiceRoot } from "../../contract/parameters.ts";
import type { ConfigResult } from "../../domain/variables.ts";
import type { Log } from "../../ports/ports.ts";
import { openApiDocument } from "../docs/openapi.ts";
import { docsResponse } from "../docs/response.ts";
import {
  type Answer,
  configurationInvalid,
  internalError,
  toResponse,
  withSecurityHeaders,
} from "./answer.ts";
import { authenticate, secretFaults } from "./auth.ts";
import { isPreflight, preflight, withCorsHeaders } from "./cors.ts";
import { endpointTable, methodNotAllowed, notFound } from "./endpoints.ts";
import type { Route, Service } from "./route.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** What a Worker brings to its HTTP. */
export interface WorkerParts<Env extends object, Config, Call> {
  readonly service: Service<Call>;
  parse(variables: Variables): ConfigResult<Config>;
  /** Called only once the request may pass. */
  call(request: Request, config: Config, env: Env): Call;
  readonly log: Log;
  readonly version: string;
}

interface HttpConfig {
  readonly allowedOrigins: readonly string[];
}

export type WorkerApp<Env extends object, Config> = Hono<{
  Bindings: Env;
  Variables: { config: ConfigResult<Config> };
}>;

type WorkerContext<Env extends object, Config> = Context<{
  Bindings: Env;
  Variables: { config: ConfigResult<Config> };
}>;

/**
 * The HTTP of a Worker. Variables and secrets are read from the `env` of each request: the app is made once, outside
 * any request. Every refusal is JSON, faults included: in the documented form, or as a problem by RFC 9457.
 */
export function workerApp<Env extends object, Config extends HttpConfig, Call>(
  parts: WorkerParts<Env, Config, Call>,
): WorkerApp<Env, Config> {
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
    withSecurityHeaders(c.res.headers);
    withCorsHeaders(c.res.headers, c.req.raw, origins);
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
  app.get("/openapi.json", (c) => {
    const config = c.get("config");
    return toResponse(
      config.ok
        ? { status: 200, body: openApiDocument(service, version) }
        : configurationInvalid(config.faults),
      c.req.raw,
    );
  });
  app.get("/docs", (c) => {
    const config = c.get("config");
    if (!config.ok) return toResponse(configurationInvalid(config.faults), c.req.raw);
    return docsResponse(openApiDocument(service, version), new URL(c.req.url).origin);
  });
  for (const route of service.routes) app.on(route.method, route.path, (c) => answered(route, c, parts));

  for (const [path, allow] of table.allowedMethods) {
    app.options(path, (c) => toResponse({ status: 204, headers: { Allow: allow } }, c.req.raw));
    app.all(path, (c) => toResponse(methodNotAllowed(allow), c.req.raw));
  }
  app.notFound((c) => toResponse(notFound(table), c.req.raw));
  app.onError((fault, c) => toResponse(failed(fault, c.req.raw, parts), c.req.raw));
  return app;
}

async function answered<Env extends object, Config, Call>(
  route: Route<Call>,
  c: WorkerContext<Env, Config>,
  parts: WorkerParts<Env, Config, Call>,
): Promise<Response> {
  // Hono's own net lets through what is thrown but is no Error.
  try {
    const answer = await guarded(route, c, parts);
    const response = answer instanceof Response ? answer : toResponse(answer, c.req.raw);
    return c.req.raw.method === "HEAD" ? await withoutBody(response) : response;
  } catch (fault) {
    return toResponse(failed(fault, c.req.raw, parts), c.req.raw);
  }
}

/** Hono drops the body of an answer to HEAD as it is; what is behind it would wait for its reader for ever. */
async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}

/** Configuration first, for without it nobody can be let in; the body is read last. */
async function guarded<Env extends object, Config, Call>(
  route: Route<Call>,
  c: WorkerContext<Env, Config>,
  { service, call }: WorkerParts<Env, Config, Call>,
): Promise<Answer | Response> {
  const result = c.get("config");
  if (!result.ok) return configurationInvalid(result.faults);
  const request = c.req.raw;
  if (route.access === "bearer") {
    const variables = variablesOf(c.env);
    const faults = secretFaults(variables, service.secrets);
    if (faults.length > 0) return configurationInvalid(faults);
    const refused = await authenticate(request.headers.get("Authorization"), variables, service.bearer);
    if (refused) return refused;
  }
  return route.handle(call(request, result.config, c.env));
}

/** Of what nobody foresaw the caller learns nothing; the log line tells all of it. */
function failed<Call>(
  fault: unknown,
  request: Request,
  { service, log }: { readonly service: Service<Call>; readonly log: Log },
): Answer {
  const foreseen = service.faultAnswer?.(fault);
  // To ask too much of us is no error of ours.
  if (foreseen && foreseen.status < 500) return foreseen;
  log("ERROR", "Request failed", {
    method: request.method,
    path: new URL(request.url).pathname,
    error: fault instanceof Error ? fault.message : String(fault),
    ...(fault instanceof Error && { stack: fault.stack }),
  });
  return foreseen ?? internalError;
}

// Bindings and variables share one object; its type names the bindings only.
function variablesOf(env: object): Variables {
  return env as Variables;
}
