import type { Problem, ProblemDetails } from "../../contract/parameters.ts";
import { acceptsByName } from "./accept.ts";

/** A response with a JSON body, before it becomes a `Response`. */
export interface JsonResponse {
  readonly status: number;
  /** From 400 on a `Problem`, which may have more members; absent for 204 and 304. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Faults named in one response; a body of 64 KiB can have thousands. */
export const DETAILS_MAX = 20;

export const PROBLEM_TYPE = "application/problem+json";

export function errorResponse(
  status: number,
  problem: Problem,
  headers: Record<string, string> = {},
): JsonResponse {
  return { status, body: problem, headers };
}

export function validationFailed(details: readonly string[], hint?: string): JsonResponse {
  const named = details.slice(0, DETAILS_MAX);
  const unnamed = details.length - named.length;
  return errorResponse(400, {
    error: "Validation failed",
    details: unnamed > 0 ? [...named, `and ${unnamed} more`] : named,
    ...(hint !== undefined && { hint }),
  });
}

export function configurationInvalid(details: readonly string[]): JsonResponse {
  return errorResponse(500, { error: "Configuration invalid", details: [...details] });
}

/** A 503 for a fault that passes by itself: the same request may succeed after `seconds`. */
export function retryLater(seconds: number, problem: Problem): JsonResponse {
  return errorResponse(503, problem, { "Retry-After": String(seconds) });
}

export const internalError: JsonResponse = errorResponse(500, { error: "Internal error" });

/** Makes the `Response` to send; an error is in the form that the request accepts. */
export function toResponse({ status, body, headers }: JsonResponse, request: Request): Response {
  if (body === undefined) return new Response(null, { status, headers: { ...headers } });
  const isError = status >= 400;
  const asProblem = isError && wantsProblem(request);
  const { pathname } = new URL(request.url);
  const sent = asProblem ? problemDetails(status, body as Problem, pathname) : body;
  return new Response(JSON.stringify(sent, keepMinusZero), {
    status,
    headers: {
      "Content-Type": asProblem ? PROBLEM_TYPE : "application/json; charset=UTF-8",
      ...(isError && { Vary: "Accept" }),
      ...headers,
    },
  });
}

/** Part of the platform, but not yet of TypeScript's library. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Writes -0 as "-0", as the streamed responses do; `JSON.stringify` alone writes "0". */
const keepMinusZero = (_: string, value: unknown) => (Object.is(value, -0) ? rawJSON("-0") : value);

/** RFC 9457's form is sent only where `Accept` names it: a client of the documented form may accept anything. */
function wantsProblem(request: Request): boolean {
  return acceptsByName(request.headers.get("Accept"), PROBLEM_TYPE, "application/json");
}

/**
 * The error by RFC 9457. Its type is "about:blank", whose title is the status' own phrase (RFC 9110); `detail` and the
 * members beside the standard's say what happened.
 */
function problemDetails(status: number, { error, ...members }: Problem, instance: string): ProblemDetails {
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail: error,
    instance,
    ...members,
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  416: "Range Not Satisfiable",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** No response may be cached or sniffed, and none may run scripts; the `/docs` page has a policy of its own. */
export function setSecurityHeaders(headers: Headers): void {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cache-Control", "no-store");
  if (!headers.has("Content-Security-Policy"))
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  headers.set("Referrer-Policy", "no-referrer");
}
