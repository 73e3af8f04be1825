import { excerpt } from "./excerpt.ts";
import { VendorFault } from "./faults.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a body. Throws `VendorFault`: "truncated" where the text ends before its JSON does,
 * "malformed" where it is not JSON, "protocol" where it is JSON but no object.
 */
export function parseJsonObject(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    // The engine's own message quotes the body without our care, so it is no `cause`.
    const data = { chars: text.length, engine: cause instanceof SyntaxError ? "syntax" : "other" };
    if (endsEarly(text)) throw new VendorFault("truncated", "the body ends before its JSON does", data);
    throw new VendorFault("malformed", `the body is not JSON: ${excerpt(text)}`, data);
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject;
  throw new VendorFault("protocol", `the body is not a JSON object: ${excerpt(text)}`, {
    chars: text.length,
  });
}

/** Whether brackets or a string are still open at the end. Only asked about text that is known to be bad. */
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
