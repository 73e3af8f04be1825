import { PARSED_BYTES_MAX } from "../../domain/limits.ts";
import { decodeText, excerpt } from "../body-text.ts";
import { VendorFault } from "../faults.ts";
import { parseJson } from "../json.ts";
import { BARE_SHARE, JSON_VALUES_MAX } from "../limits.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a body, bare numbers included (see `parseJson`). Throws `VendorFault`: as `decodeText` does, "truncated" where the text ends before its
 * JSON does, "malformed" where it is not JSON, "too-large" where it has more than `bytesMax` bytes or too
 * many values, "protocol" where it is JSON but not an object.
 */
export function parseJsonObject(body: Uint8Array, bytesMax: number = PARSED_BYTES_MAX): JsonObject {
  checkSize(body, bytesMax);
  checkValueCount(body);
  const text = decodeText(body);
  let parsed: unknown;
  try {
    parsed = parseJson(text, () => checkSize(body, Math.floor(bytesMax * BARE_SHARE)));
  } catch (cause) {
    if (cause instanceof VendorFault) throw cause;
    // The engine's own message quotes the body with its credentials, so it is not passed on as `cause`.
    const data = { chars: text.length, engine: cause instanceof SyntaxError ? "syntax" : "other" };
    if (endsEarly(text)) throw new VendorFault("truncated", "the body ends before its JSON does", data);
    throw new VendorFault("malformed", `the body is not JSON: ${excerpt(text)}`, data);
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  throw new VendorFault("protocol", `the body is not a JSON object: ${excerpt(text)}`, {
    chars: text.length,
  });
}

function checkSize(body: Uint8Array, bytesMax: number): void {
  if (body.length <= bytesMax) return;
  const bounds = { bytes: body.length, bytesMax };
  throw new VendorFault(
    "too-large",
    `the body has to be parsed, and has more than ${bytesMax} bytes`,
    bounds,
  );
}

/** Whether brackets or a string are still open at the end. For text that is known not to be JSON. */
function endsEarly(text: string): boolean {
  if (!/^\s*(\{|$)/.test(text)) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
  }
  return inString || depth > 0 || text.trim() === "";
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x7b;
const OPEN_LIST = 0x5b;

/**
 * Throws `VendorFault` "too-large" where the body has too many JSON values, before it is parsed: three bytes of JSON,
 * such as an empty list, can become fifty in memory. Counted are opening brackets, which bounds the depth as well, and
 * commas outside of strings.
 */
function checkValueCount(body: Uint8Array): void {
  let values = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) inString = !inString;
    else if (inString) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === OPEN || byte === OPEN_LIST) values += 1;
  }
  if (values > JSON_VALUES_MAX) {
    const bounds = { values, valuesMax: JSON_VALUES_MAX };
    throw new VendorFault("too-large", `the body has more than ${JSON_VALUES_MAX} JSON values`, bounds);
  }
}
