import { type Answer, refusal, validationFailed } from "./answer.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** What a request carries, as fields not yet judged, or the refusal. */
export type Input =
  | { readonly fields: Fields; readonly kind: "field" | "parameter" }
  | { readonly refused: Answer };

/** Four sites and two dates take 200 bytes; this leaves room without leaving the door open. */
export const REQUEST_BYTES_MAX = 64 * 1024;

/**
 * So much of a body that is too large is read and dropped before it is refused: who is still sending when the
 * connection closes sees it break off, and never the answer. An endless body ends here.
 */
export const REFUSED_BYTES_MAX = 1024 * 1024;

/**
 * The JSON object in the body. Its bytes decide, not its Content-Type: `curl -d` labels JSON a form, and
 * the token, not a label, keeps strangers out. An empty body is `{}` where `optional`. Routes with a body
 * take no parameters: `?dry_run=true` must not start anything.
 */
export async function bodyFields(request: Request, optional: boolean): Promise<Input> {
  const stray = unknownParameters(request);
  if (stray.length > 0) return { refused: validationFailed(stray) };
  const bytes = await boundedBytes(request);
  if (bytes === "broken off") return { refused: validationFailed(["the body broke off"]) };
  if (bytes === "too large") {
    return { refused: refusal(413, { error: "Body too large", hint: `At most ${REQUEST_BYTES_MAX} bytes` }) };
  }
  if (bytes.length === 0 && optional) return { fields: {}, kind: "field" };
  const parsed = parseJson(bytes);
  return "fault" in parsed
    ? { refused: validationFailed([parsed.fault]) }
    : { fields: parsed.fields, kind: "field" };
}

/**
 * The parameters of the URL. The same name twice has no one meaning and is refused, but for those in `lists`, which are
 * lists however often they come.
 */
export function queryFields(request: Request, lists: readonly string[] = []): Input {
  const params = new URL(request.url).searchParams;
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of params.keys()) {
    if (!lists.includes(name)) (seen.has(name) ? twice : seen).add(name);
  }
  if (twice.size > 0) {
    const details = [...twice].map((name) => `${name.slice(0, 40)} is given more than once`);
    return { refused: validationFailed(details) };
  }
  const given = lists.filter((name) => params.has(name)).map((name) => [name, params.getAll(name)]);
  return { fields: { ...Object.fromEntries(params), ...Object.fromEntries(given) }, kind: "parameter" };
}

function unknownParameters(request: Request): string[] {
  const names = new Set(new URL(request.url).searchParams.keys());
  return [...names].map((name) => `unknown parameter ${JSON.stringify(name.slice(0, 40))}`);
}

function parseJson(bytes: Uint8Array): { fields: Fields } | { fault: string } {
  if (bytes.length === 0) return { fault: "the body is empty; it must be a JSON object" };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (fault) {
    // The decoder throws a TypeError, the parser a SyntaxError.
    return { fault: `the body is not valid ${fault instanceof SyntaxError ? "JSON" : "UTF-8"}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { fault: "the body must be a JSON object" };
  }
  return { fields: value as Fields };
}

/** The length is announced by the sender and may be absent or wrong, so bytes count. */
async function boundedBytes(request: Request): Promise<Uint8Array | "too large" | "broken off"> {
  if (!request.body) return new Uint8Array();
  const whole = new Uint8Array(REQUEST_BYTES_MAX);
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    // A sender that hangs up is no fault of ours, and nothing to wake an operator for.
    const piece = await reader.read().catch(() => "broken off" as const);
    if (piece === "broken off") return piece;
    if (piece.done) return length > REQUEST_BYTES_MAX ? "too large" : whole.subarray(0, length);
    const end = length + piece.value.length;
    if (end <= REQUEST_BYTES_MAX) whole.set(piece.value, length);
    length = end;
    if (length > REFUSED_BYTES_MAX) {
      await reader.cancel();
      return "too large";
    }
  }
}
