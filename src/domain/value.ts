/** Why a sample was not taken: the closed list of the evidence. The first six are a value's, the rest a row's. */
export const REJECT_REASONS = ["null", "empty", "nan", "infinite", "text", "type", "time", "shape"] as const;

export type RejectReason = (typeof REJECT_REASONS)[number];
export type ValueRejection = Exclude<RejectReason, "time" | "shape">;

/** The words that mean numbers, in lower case. */
export interface ValueWords {
  readonly numbers: ReadonlyMap<string, number>;
  readonly longest: number;
}

/** The words of binary points. */
export const BUILT_IN_WORDS: ReadonlyMap<string, number> = new Map([
  ...["true", "active", "on"].map((word) => [word, 1] as const),
  ...["false", "inactive", "off"].map((word) => [word, 0] as const),
]);

/** The words that are built in and those of `added`, in lower case. */
export function valueWords(added: ReadonlyMap<string, number>): ValueWords {
  const numbers = new Map([...BUILT_IN_WORDS, ...added]);
  return { numbers, longest: Math.max(...Array.from(numbers.keys(), ({ length }) => length)) };
}

const STANDARD_WORDS = valueWords(new Map());

/**
 * A sample's value: finite JSON numbers, decimal strings, and words that mean numbers. NaN stands for "rejected" and
 * `valueRejection` says why: millions of values a day pass here, so nothing is allocated.
 */
export function parseValue(raw: unknown, words: ValueWords = STANDARD_WORDS): number {
  if (typeof raw === "string") return parseText(raw, words);
  // The difference is NaN for NaN and for the infinities, which JSON spells 1e999.
  if (typeof raw === "number") return raw - raw === 0 ? raw : Number.NaN;
  if (typeof raw === "boolean") return raw ? 1 : 0;
  return Number.NaN;
}

/** Why `parseValue` answered NaN for `raw`. */
export function valueRejection(raw: unknown): ValueRejection {
  if (raw === null || raw === undefined) return "null";
  if (typeof raw === "number") return Number.isNaN(raw) ? "nan" : "infinite";
  if (typeof raw !== "string") return "type";
  const text = raw.trim();
  if (text === "") return "empty";
  if (/^[+-]?nan$/i.test(text)) return "nan";
  if (/^[+-]?inf(inity)?$/i.test(text) || overflows(text)) return "infinite";
  return "text";
}

const SPACE = 32;
const ASCII_END = 128;

function parseText(text: string, words: ValueWords): number {
  const first = text.charCodeAt(0);
  if (first > SPACE && first < ASCII_END) {
    const number = Number(text);
    // `Number` refuses "72abc" and "1_0", but reads hex, octal and binary.
    if (number - number === 0 && !isRadixMark(text.charCodeAt(1))) return number;
  }
  const trimmed = text.trim();
  return trimmed === text ? parseWord(text, words) : parseText(trimmed, words);
}

/** The second character of 0x1F, 0o17 and 0b1; no decimal number has one of these there. */
function isRadixMark(code: number): boolean {
  const lower = code | 0x20;
  return lower === 0x78 || lower === 0x6f || lower === 0x62;
}

/** `text` is trimmed. */
function parseWord(text: string, { numbers, longest }: ValueWords): number {
  // Junk of any length comes here; only what could be a word is copied.
  return (text.length <= longest ? numbers.get(text.toLowerCase()) : undefined) ?? Number.NaN;
}

/** Whether a trimmed text is a finite decimal, and no word. */
export function isDecimal(text: string): boolean {
  return /^[+-]?[\d.]/.test(text) && !Number.isNaN(parseValue(text));
}

function overflows(text: string): boolean {
  return Math.abs(Number(text)) === Number.POSITIVE_INFINITY && !isRadixMark(text.charCodeAt(1));
}
