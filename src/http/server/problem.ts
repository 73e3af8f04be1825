import type { Problem, ProblemDetails } from "../../contract/parameters.ts";
import { asksFor } from "./accept.ts";

export const PROBLEM_TYPE = "application/problem+json";

/** Whether a refusal is wanted as RFC 9457 has it: by name, for a client of the documented shape asks for anything. */
export function wantsProblem(request: Request): boolean {
  return asksFor(request.headers.get("Accept"), PROBLEM_TYPE, "application/json");
}

/**
 * A refusal by RFC 9457. Its type is "about:blank": what happened is in the status, and beyond it in `detail` and in our
 * own members, which stand beside the standard's.
 */
export function problemDetails(
  status: number,
  { error, ...ours }: Problem,
  instance: string,
): ProblemDetails {
  return { type: "about:blank", title: TITLES[status] ?? "Error", status, detail: error, instance, ...ours };
}

/** For this type the title is to be the status' own phrase (RFC 9110). */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  413: "Content Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
