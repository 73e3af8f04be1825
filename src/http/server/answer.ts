import type { Problem } from "../../contract/parameters.ts";
import { PROBLEM_TYPE, problemDetails, wantsProblem } from "./problem.ts";

/** What a route answers, before it becomes a `Response`. `body` is JSON; absent for 204. */
export interface Answer {
  readonly status: number;
  /** From 400 on a `Problem`, which may have more members. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Faults named in one answer; a body of 64 KiB can hold thousands. */
export const DETAILS_MAX = 20;

export function refusal(status: number, problem: Problem, headers: Record<string, string> = {}): Answer {
  return { status, body: problem, headers };
}

export function validationFailed(details: readonly string[]): Answer {
  const named = details.slice(0, DETAILS_MAX);
  const unnamed = details.length - named.length;
  return refusal(400, {
    error: "Validation failed",
    details: unnamed > 0 ? [...named, `and ${unnamed} more`] : named,
  });
}

export function configurationInvalid(details: readonly string[]): Answer {
  return refusal(500, { error: "Configuration invalid", details: [...details] });
}

export const internalError: Answer = refusal(500, { error: "Internal error" });

/** Of every answer but streams. A refusal is in the form that the request asks for. */
export function toResponse(answer: Answer, request: Request): Response {
  const { status, body, headers } = answer;
  if (body === undefined) return new Response(null, { status, headers: { ...headers } });
  const refused = status >= 400;
  const asProblem = refused && wantsProblem(request);
  const { pathname } = new URL(request.url);
  const shown = asProblem ? problemDetails(status, body as Problem, pathname) : body;
  return new Response(JSON.stringify(shown, withSigns), {
    status,
    headers: {
      "Content-Type": asProblem ? PROBLEM_TYPE : "application/json; charset=UTF-8",
      ...(refused && { Vary: "Accept" }),
      ...headers,
    },
  });
}

/** TypeScript doesn't know it yet. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** A value of -0 reads back as one, as it does from the answers that are streamed. */
const withSigns = (_: string, value: unknown) => (Object.is(value, -0) ? rawJSON("-0") : value);

/** Every answer is of the moment, and none is a page but the one that brings a policy of its own. */
export function withSecurityHeaders(headers: Headers): void {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cache-Control", "no-store");
  if (!headers.has("Content-Security-Policy"))
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  headers.set("Referrer-Policy", "no-referrer");
}
