import { VendorFault } from "./faults.ts";
import { parseJson } from "./json.ts";
import { EXCERPT_CHARS_MAX } from "./limits.ts";

/**
 * A body as text, without its byte order mark. Throws `VendorFault`: "malformed" where the bytes are not UTF-8,
 * "truncated" where they end inside a character.
 */
export function decodeText(body: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text: string;
  try {
    text = decoder.decode(body, { stream: true });
  } catch (cause) {
    throw new VendorFault("malformed", "the body is not UTF-8", {}, { cause });
  }
  try {
    return text + decoder.decode();
  } catch (cause) {
    throw new VendorFault("truncated", "the body ends inside a character", {}, { cause });
  }
}

/** The `message` and `errors` of an error's JSON, or else an excerpt of its body. Never throws. */
export function vendorMessage(bytes: Uint8Array): string {
  const body = new TextDecoder().decode(bytes);
  const parsed = jsonObject(() => body);
  if (parsed === undefined) return excerpt(body);
  const parts: string[] = [];
  if (typeof parsed.message === "string") parts.push(parsed.message);
  const errors = parsed.errors;
  if (typeof errors === "object" && errors !== null) {
    for (const [field, text] of Object.entries(errors)) {
      // Lists of lists, or objects with a `toString`, can't be made text without throwing.
      if (typeof text === "string") parts.push(`${field}: ${text}`);
    }
  }
  return excerpt(parts.length > 0 ? parts.join("; ") : body);
}

/** The title of an HTML page, or else its first heading, or else an excerpt of it. Never throws. */
export function vendorPageTitle(bytes: Uint8Array): string {
  const start = new TextDecoder().decode(bytes.subarray(0, EXCERPT_CHARS_MAX * 40));
  const [, title = ""] = /<title[^<>]*>([^<]*)</i.exec(start) ?? [];
  const [, heading = ""] = /<h1[^<>]*>([^<]*)</i.exec(start) ?? [];
  return excerpt(title) || excerpt(heading) || excerpt(new TextDecoder().decode(bytes));
}

/** The JSON object in the text that `read` gives; undefined for any other text, and where `read` throws. */
export function jsonObject(read: () => string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed = parseJson(read());
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A JSON Web Token, or the word "Bearer" with what follows it. A look-behind for that word would scan the same
 * white space again from each of its characters.
 */
const CREDENTIAL = /eyJ[\w-]{8,}(\.[\w-]*){0,2}|\bbearer\s+\S+/gi;

/**
 * The beginning of a body on one line, fit for a message: without mark-up, control characters and anything that
 * looks like a credential; "…" where it is cut. The API key itself is removed by `redact`.
 */
export function excerpt(body: string): string {
  // Mark-up is removed before the message is cut to size, so the first cut leaves room for it.
  const start = body.slice(0, EXCERPT_CHARS_MAX * 40);
  const text = start
    .replace(CREDENTIAL, "[credential]")
    .replace(/<[^<>]*>/g, " ")
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  const isCut = text.length > EXCERPT_CHARS_MAX || start.length < body.length;
  return isCut ? `${text.slice(0, EXCERPT_CHARS_MAX - 1)}…` : text;
}

/** Fewer characters of a key at the end of a quote reveal nothing. */
const KEY_START_CHARS_MIN = 4;
const REDACTED = "[key]";

/** `text` without `key`, and without its beginning where a quote was cut off inside the key: before "…" or at the end. */
export function redact(text: string, key: string): string {
  // An empty key would be found between any two characters.
  if (key === "") return text;
  const quotes = text.replaceAll(key, REDACTED).split("…");
  return quotes.map((quote) => withoutKeyStart(quote, key)).join("…");
}

function withoutKeyStart(quote: string, key: string): string {
  for (let length = key.length - 1; length >= KEY_START_CHARS_MIN; length -= 1) {
    if (quote.endsWith(key.slice(0, length))) return quote.slice(0, -length) + REDACTED;
  }
  return quote;
}
