/**
 * The bare numbers: NaN, Infinity and -Infinity outside of strings, which are no JSON. Python writes them where a
 * value is not finite. No other spelling is known: +Infinity, -NaN, nan and 1.#QNAN stay faults.
 */
export function bareNumber(text: string): number | undefined {
  switch (text) {
    case "NaN":
      return Number.NaN;
    case "Infinity":
      return Number.POSITIVE_INFINITY;
    case "-Infinity":
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

/**
 * Parses JSON that may have bare numbers as values. `beforeSecond` is called before a text with bare numbers is parsed
 * a second time, with a copy of the text in memory; it may throw. Throws `SyntaxError`.
 */
export function parseJson(text: string, beforeSecond: () => void = () => undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError && /NaN|Infinity/.test(text))) throw error;
    beforeSecond();
    const mark = unusedString(text);
    return withNaN(JSON.parse(replaceBareNumbers(text, mark)), JSON.parse(mark));
  }
}

/**
 * The JSON of a string that is no string of `text`: of characters NUL, of a length that no other string of them has.
 * JSON has a single spelling of NUL, so that none is missed.
 */
function unusedString(text: string): string {
  const lengths = new Set(Array.from(text.matchAll(/"((?:\\u0000)+)"/g), ([, nuls = ""]) => nuls.length / 6));
  let length = 1;
  while (lengths.has(length)) length += 1;
  return `"${"\\u0000".repeat(length)}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const LETTER_I = 0x49;
const LETTER_N = 0x4e;

/** A bare number; a name before a colon is none. */
const BARE = /NaN(?![ \t\r\n]*:)|-?Infinity/y;

/** Replaces NaN by `mark`, and infinities by numbers that are too large. What surrounds a faulty token stays a fault. */
function replaceBareNumbers(text: string, mark: string): string {
  const parts: string[] = [];
  let from = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) inString = !inString;
    else if (inString) at += unit === BACKSLASH ? 1 : 0;
    else if (unit === LETTER_N || unit === LETTER_I || unit === MINUS) {
      BARE.lastIndex = at;
      const [token] = BARE.exec(text) ?? [];
      if (token === undefined) continue;
      // The blanks keep a number from becoming one with its neighbours: 1Infinity is no number.
      const number = token.startsWith("-") ? " -1e999 " : " 1e999 ";
      parts.push(text.slice(from, at), token === "NaN" ? mark : number);
      from = at + token.length;
      at = from - 1;
    }
  }
  parts.push(text.slice(from));
  return parts.join("");
}

/** Replaces the string `mark` by NaN, in place. Without recursion: JSON may be deeper than the stack. */
function withNaN(root: unknown, mark: unknown): unknown {
  if (root === mark) return Number.NaN;
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const fields = value as Record<string, unknown>;
    for (const key in fields) {
      const field = fields[key];
      if (field === mark) fields[key] = Number.NaN;
      else if (typeof field === "object" && field !== null) open.push(field);
    }
  }
  return root;
}
