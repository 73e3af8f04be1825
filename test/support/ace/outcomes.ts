import type { Outcome } from "../../../src/ace/transport/outcome.ts";

interface Example {
  readonly title: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly outcome: Partial<Outcome>;
}

const JSON_TYPE = "application/json";
const HTML_TYPE = "text/html; charset=utf-8";

/** Responses of the vendor as recorded, each with its outcome. */
export const FAULT_EXAMPLES: readonly Example[] = [
  {
    title: "a page is a page with any parameters in its content type",
    status: 200,
    contentType: "Application/JSON; charset=utf-8",
    body: "{}",
    outcome: { kind: "ok", body: new TextEncoder().encode("{}") },
  },
  {
    title: "HTML with a 200 is a proxy's, and transient",
    status: 200,
    contentType: HTML_TYPE,
    body: "<h1>Please wait</h1>",
    outcome: {
      kind: "transient",
      reason: "malformed",
      message: 'the ACE API answered 200 "Please wait" in HTML, which is not JSON',
    },
  },
  {
    title: "a 204 is not a page",
    status: 204,
    contentType: "",
    body: "",
    outcome: { kind: "transient", reason: "malformed" },
  },
  {
    title: "a window without data is not a failure",
    status: 404,
    contentType: JSON_TYPE,
    body: '{"message": "No data for time period"}',
    outcome: { kind: "no-data" },
  },
  {
    title: "the same words in HTML are not the vendor's",
    status: 404,
    contentType: HTML_TYPE,
    body: "No data for time period",
    outcome: { kind: "refused", status: 404 },
  },
  {
    title: "a wrong path is an error that is not retried",
    status: 404,
    contentType: HTML_TYPE,
    body: "<title>404 Not Found</title>",
    outcome: { kind: "refused", status: 404, message: 'the ACE API answered 404 "Not Found" in HTML' },
  },
  {
    title: "an unknown site's points are an error that is not retried",
    status: 404,
    contentType: JSON_TYPE,
    body: '{"message": "A database result was required but none was found."}',
    outcome: { kind: "refused", status: 404 },
  },
  {
    title: "a bad enum value is an error with the vendor's explanation",
    status: 400,
    contentType: JSON_TYPE,
    body: '{"errors":{"page_size":"The value \'7\' is not a valid choice for \'page_size\'."},"message":"Input payload validation failed"}',
    outcome: {
      kind: "refused",
      status: 400,
      message:
        "the ACE API answered 400 \"Input payload validation failed; page_size: The value '7' is not a valid choice for 'page_size'.\"",
    },
  },
  {
    title: "a missing key is unauthorized",
    status: 401,
    contentType: JSON_TYPE,
    body: '{"message":"Error"}',
    outcome: { kind: "unauthorized", message: 'the ACE API answered 401 "Error"' },
  },
  {
    title: "an unknown site is forbidden",
    status: 403,
    contentType: JSON_TYPE,
    body: '{"id": null, "name": null}',
    outcome: { kind: "forbidden" },
  },
  {
    title: "the 500 of an invalid key has its own outcome",
    status: 500,
    contentType: JSON_TYPE,
    body: '{"message":"An unhandled exception occurred."}',
    outcome: { kind: "unhandled" },
  },
  {
    title: "any other 500 is transient",
    status: 500,
    contentType: JSON_TYPE,
    body: '{"message":"Database is locked"}',
    outcome: { kind: "transient", reason: "5xx", message: 'the ACE API answered 500 "Database is locked"' },
  },
  {
    title: "a gateway's 502 in HTML is transient",
    status: 502,
    contentType: HTML_TYPE,
    body: "<html><h1>502 Bad Gateway</h1></html>",
    outcome: {
      kind: "transient",
      reason: "5xx",
      message: 'the ACE API answered 502 "Bad Gateway" in HTML',
    },
  },
  {
    title: "a title and a heading that say the same are said once, without the status",
    status: 500,
    contentType: HTML_TYPE,
    body: "<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1><p>The server …</p>",
    outcome: {
      kind: "transient",
      reason: "5xx",
      message: 'the ACE API answered 500 "Internal Server Error" in HTML',
    },
  },
  {
    title: "HTML without words has no message",
    status: 502,
    contentType: HTML_TYPE,
    body: "<title>502</title>",
    outcome: { message: "the ACE API answered 502 without a message in HTML" },
  },
  {
    title: "an empty body has no message",
    status: 502,
    contentType: "",
    body: "",
    outcome: { message: "the ACE API answered 502 without a message" },
  },
  { title: "a 503 is transient", status: 503, contentType: "", body: "", outcome: { kind: "transient" } },
  { title: "a 504 is transient", status: 504, contentType: "", body: "", outcome: { kind: "transient" } },
  {
    title: "a 429 without Retry-After is a pause of a minute",
    status: 429,
    contentType: HTML_TYPE,
    body: "",
    outcome: { kind: "throttled", retryAfterMs: 60_000 },
  },
  {
    title: "a redirect is an error that says that it was not followed",
    status: 301,
    contentType: HTML_TYPE,
    body: "",
    outcome: {
      kind: "refused",
      status: 301,
      message: "the ACE API answered 301, a redirect, which was not followed",
    },
  },
];
