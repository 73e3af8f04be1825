import { EXCERPT_CHARS_MAX } from "./limits.ts";

/**
 * A JSON Web Token, and whatever follows the word that announces a credential. Looking behind for that word would
 * go back over the same blanks from each of them.
 */
const CREDENTIAL = /eyJ[\w-]{8,}(\.[\w-]*){0,2}|\bbearer\s+\S+/gi;

/**
 * The beginning of a body on one line, fit for a message: no mark-up, no control characters, nothing that looks like
 * a key. What the key really is, `redact` knows.
 */
export function excerpt(body: string): string {
  // Cut generously first: mark-up goes before the message is cut to size.
  const text = body
    .slice(0, EXCERPT_CHARS_MAX * 40)
    .replace(CREDENTIAL, "[credential]")
    .replace(/<[^<>]*>/g, " ")
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  return text.length > EXCERPT_CHARS_MAX ? `${text.slice(0, EXCERPT_CHARS_MAX - 1)}…` : text;
}

/** What the vendor says went wrong: the `message` and `errors` of its JSON, or else the body's beginning. */
export function vendorMessage(body: string): string {
  const parsed = tryJson(body);
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

function tryJson(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
