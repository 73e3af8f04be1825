import { errorResponse, type JsonResponse, validationFailed } from "./response.ts";

/** The fields of a body or the parameters of a URL, not yet parsed. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a request carries, or the error response to a request that can't be read. */
export type ReadFields = { readonly fields: Fields } | { readonly rejected: JsonResponse };

/** Four sites and two dates take 200 bytes; this is ample and still bounds the memory of a request. */
export const REQUEST_BYTES_MAX = 64 * 1024;

/**
 * Bytes of a body that are read and dropped before a body that is too large is rejected: a client that is still sending
 * when the connection closes sees a broken connection and not the response. An endless body ends here.
 */
export const REJECTED_BYTES_MAX = 1024 * 1024;

/**
 * Reads the JSON object in the body; an empty body is `{}` where `optional`. The Content-Type is ignored: `curl -d`
 * labels JSON a form, and the token, not a label, protects the route. Parameters in the URL are rejected:
 * `?dry_run=true` must not start anything.
 */
export async function bodyFields(request: Request, optional: boolean): Promise<ReadFields> {
  const parameters = [...new Set(new URL(request.url).searchParams.keys())];
  if (parameters.length > 0) {
    return rejected(parameters.map((name) => `unknown parameter ${JSON.stringify(name.slice(0, 40))}`));
  }
  const bytes = await boundedBytes(request);
  if (bytes === "incomplete") return rejected(["the body is incomplete"]);
  if (bytes === "too large") {
    const hint = `At most ${REQUEST_BYTES_MAX} bytes`;
    return { rejected: errorResponse(413, { error: "Body too large", hint }) };
  }
  return bytes.length === 0 && optional ? { fields: {} } : parseJson(bytes);
}

/** Reads the parameters of the URL. Those in `lists` are lists and may be repeated; any other must be given once. */
export function queryFields(request: Request, lists: readonly string[] = []): ReadFields {
  const params = new URL(request.url).searchParams;
  const repeated = repeatedIn([...params.keys()].filter((name) => !lists.includes(name)));
  if (repeated.length > 0) {
    return rejected(repeated.map((name) => `${name.slice(0, 40)} is given more than once`));
  }
  const given = lists.filter((name) => params.has(name)).map((name) => [name, params.getAll(name)]);
  return { fields: { ...Object.fromEntries(params), ...Object.fromEntries(given) } };
}

/** The names that occur more than once, each once. */
export function repeatedIn(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  return [...repeated];
}

const rejected = (faults: readonly string[]): ReadFields => ({ rejected: validationFailed(faults) });

function parseJson(bytes: Uint8Array): ReadFields {
  if (bytes.length === 0) return rejected(["the body is empty; it must be a JSON object"]);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (fault) {
    // The decoder throws a TypeError, the parser a SyntaxError.
    return rejected([`the body is not valid ${fault instanceof SyntaxError ? "JSON" : "UTF-8"}`]);
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { fields: value as Fields }
    : rejected(["the body must be a JSON object"]);
}

/** Counts the bytes as they arrive: the announced length may be absent or wrong. */
async function boundedBytes(request: Request): Promise<Uint8Array | "too large" | "incomplete"> {
  if (!request.body) return new Uint8Array();
  const whole = new Uint8Array(REQUEST_BYTES_MAX);
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    // A client that disconnects is no fault of the Worker: nothing is logged.
    const chunk = await reader.read().catch(() => "incomplete" as const);
    if (chunk === "incomplete") return chunk;
    if (chunk.done) return length > REQUEST_BYTES_MAX ? "too large" : whole.subarray(0, length);
    const end = length + chunk.value.length;
    if (end <= REQUEST_BYTES_MAX) whole.set(chunk.value, length);
    length = end;
    if (length > REJECTED_BYTES_MAX) {
      await reader.cancel();
      return "too large";
    }
  }
}
