/** What a day's evidence names of the rows that were dropped, bounded, so that a day's record stays small. */

/** Examples of a day, and names of a day. */
export const EXAMPLES_MAX = 20;
/** A name is cut to this many characters, a value to that many. */
export const NAME_CHARS_MAX = 200;
export const VALUE_CHARS_MAX = 40;

/** One of the rejected rows of a point with this reason. */
export interface RejectedExample {
  /** "" for a row without a name. */
  readonly point: string;
  readonly reason: string;
  /** What was rejected, as sent. */
  readonly value: string;
}

/** The rows that a page, a run or a day dropped. Both lists are sorted, without repetition, and have bounds. */
export interface DroppedRows {
  /** The first pairs of point and reason, in order of both, with the least of the values that are known. */
  readonly rejectedExamples: readonly RejectedExample[];
  /** The first names, in order, of points that the API sent and that are not configured. */
  readonly unconfiguredNames: readonly string[];
}

export const NOTHING_DROPPED: DroppedRows = { rejectedExamples: [], unconfiguredNames: [] };

/** Joins what two parts of a day dropped; in any order and grouping the result is the same. */
export function addDropped(a: DroppedRows, b: DroppedRows): DroppedRows {
  return {
    rejectedExamples: addExamples(a.rejectedExamples, b.rejectedExamples),
    unconfiguredNames: addNames(a.unconfiguredNames, b.unconfiguredNames),
  };
}

function addExamples(a: readonly RejectedExample[], b: readonly RejectedExample[]): RejectedExample[] {
  return [...a, ...b]
    .sort((x, y) => comparePairs(x, y) || compareText(x.value, y.value))
    .filter((example, index, all) => {
      const before = all[index - 1];
      return before === undefined || comparePairs(before, example) !== 0;
    })
    .slice(0, EXAMPLES_MAX);
}

function addNames(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort(compareText).slice(0, EXAMPLES_MAX);
}

/** The same with every text as `redact` returns it. */
export function redactDropped(dropped: DroppedRows, redact: (text: string) => string): DroppedRows {
  const examples = dropped.rejectedExamples.map(({ point, reason, value }) => ({
    point: redact(point),
    reason,
    value: redact(value),
  }));
  return {
    rejectedExamples: addExamples(examples, []),
    unconfiguredNames: addNames(dropped.unconfiguredNames.map(redact), []),
  };
}

/** Compares the pairs of point and reason. */
export function comparePairs(
  a: Pick<RejectedExample, "point" | "reason">,
  b: Pick<RejectedExample, "point" | "reason">,
): number {
  return compareText(a.point, b.point) || compareText(a.reason, b.reason);
}

/** By UTF-16 units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * The first characters of a text, well-formed. A copy: a part of a string would keep the whole string in memory, which
 * may have megabytes.
 */
export function cutText(text: string, charsMax: number): string {
  return decoder.decode(encoder.encode(text.slice(0, charsMax)));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** A value of JSON as it was sent, cut: of a string its content, of anything else its text. */
export function valueAsSent(raw: unknown): string {
  const text = typeof raw === "string" ? raw : jsonStart(raw, VALUE_CHARS_MAX);
  return cutText(text, VALUE_CHARS_MAX);
}

/** At least the first `chars` characters of a value's JSON: a value may be nested deeper than the stack allows. */
function jsonStart(value: unknown, chars: number): string {
  if (chars <= 0) return "";
  if (typeof value === "string") return JSON.stringify(value.slice(0, chars));
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  let text = isList ? "[" : "{";
  for (const [key, item] of Object.entries(value)) {
    if (text.length >= chars) return text;
    if (text.length > 1) text += ",";
    if (!isList) text += `${jsonStart(key, chars)}:`;
    text += jsonStart(item, chars - text.length);
  }
  return text + (isList ? "]" : "}");
}
