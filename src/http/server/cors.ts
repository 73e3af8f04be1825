import { type Answer, refusal } from "./answer.ts";

/** Browsers ask again after ten minutes, so that a withdrawn origin is soon refused. */
const PREFLIGHT_SECONDS = 600;

/** A preflight is an OPTIONS with an origin and the method that is to follow. */
export function isPreflight(request: Request): boolean {
  return (
    request.method === "OPTIONS" &&
    request.headers.has("Origin") &&
    request.headers.has("Access-Control-Request-Method")
  );
}

/** Does not depend on the path, so that a browser gets to see a 404 or 405 for what it is. */
export function preflight(request: Request, allowedOrigins: readonly string[]): Answer {
  if (!isAllowed(request, allowedOrigins)) return refusal(403, { error: "Origin not allowed" });
  return {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": String(PREFLIGHT_SECONDS),
    },
  };
}

/**
 * Names the one origin, never "*"; no credentials, for the token travels in a header. Other origins get
 * the answer without these headers, and their browser keeps it from them.
 */
export function withCorsHeaders(headers: Headers, request: Request, allowedOrigins: readonly string[]): void {
  headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !isAllowed(request, allowedOrigins)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  // Which a script sees only where it is named.
  if (headers.has("Retry-After")) headers.set("Access-Control-Expose-Headers", "Retry-After");
}

function isAllowed(request: Request, allowedOrigins: readonly string[]): boolean {
  return allowedOrigins.includes(request.headers.get("Origin") ?? "");
}
