import { errorResponse, type JsonResponse } from "./response.ts";

/** Browsers repeat a preflight after ten minutes, so that an origin that was removed is soon rejected. */
const PREFLIGHT_SECONDS = 600;

/** Request headers beside those that a browser always allows. */
const REQUEST_HEADERS = ["Authorization", "Content-Type", "Range", "If-Range", "If-Match", "If-None-Match"];

/** Response headers that a script sees only where they are named. */
const EXPOSED_HEADERS = [
  "Retry-After",
  "ETag",
  "Accept-Ranges",
  "Content-Range",
  "Content-Length",
  "Content-Disposition",
  "Repr-Digest",
];

/** A preflight is an OPTIONS request with an origin and the method of the request that is to follow. */
export function isPreflight(request: Request): boolean {
  return (
    request.method === "OPTIONS" &&
    request.headers.has("Origin") &&
    request.headers.has("Access-Control-Request-Method")
  );
}

/** The response to a preflight. It does not depend on the path, so that a browser can show a 404 or 405. */
export function preflight(request: Request, allowedOrigins: readonly string[]): JsonResponse {
  if (!isAllowed(request, allowedOrigins)) return errorResponse(403, { error: "Origin not allowed" });
  return {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
      "Access-Control-Allow-Headers": REQUEST_HEADERS.join(", "),
      "Access-Control-Max-Age": String(PREFLIGHT_SECONDS),
    },
  };
}

/**
 * Names the request's origin where it is allowed, never "*"; no credentials, for the token is sent in a header. Other
 * origins get the response without these headers, and the browser does not show it to them.
 */
export function setCorsHeaders(headers: Headers, request: Request, allowedOrigins: readonly string[]): void {
  headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !isAllowed(request, allowedOrigins)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  const exposed = EXPOSED_HEADERS.filter((name) => headers.has(name));
  if (exposed.length > 0) headers.set("Access-Control-Expose-Headers", exposed.join(", "));
}

function isAllowed(request: Request, allowedOrigins: readonly string[]): boolean {
  return allowedOrigins.includes(request.headers.get("Origin") ?? "");
}
