/**
 * A second, slow and simple implementation of a sample's value, by a grammar and exact arithmetic. It uses nothing of
 * `src`, so that tests compare the code with the specification.
 */

const DECIMAL = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?$/;

/** The number of a value of the API, or the reason why it is not a number. `words` mean numbers, in lower case. */
export function referenceValue(
  value: unknown,
  words: Readonly<Record<string, number>> = {},
): number | string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number")
    return Number.isNaN(value) ? "nan" : Number.isFinite(value) ? value : "infinite";
  if (typeof value !== "string") return "type";
  const text = value.trim().toLowerCase();
  if (text === "") return "empty";
  if (["true", "active", "on"].includes(text)) return 1;
  if (["false", "inactive", "off"].includes(text)) return 0;
  if (Object.hasOwn(words, text)) return words[text] ?? 0;
  if (/^[+-]?nan$/.test(text)) return "nan";
  if (/^[+-]?inf(inity)?$/.test(text)) return "infinite";
  if (!DECIMAL.test(text)) return "text";
  const number = nearestDouble(text);
  return Number.isFinite(number) ? number : "infinite";
}

/** The double nearest to a decimal in lower case, ties to even, by integer arithmetic; infinite beyond the largest. */
export function nearestDouble(decimal: string): number {
  const [, sign = "", mantissa = "", exponent = "0"] = DECIMAL.exec(decimal) ?? [];
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = BigInt(whole + fraction);
  const tens = Number(exponent) - fraction.length;
  const magnitude =
    digits === 0n || tens < -FAR ? 0 : tens > FAR ? Infinity : nearest(digits * power(tens), power(-tens));
  return sign === "-" ? -magnitude : magnitude;
}

/** Powers of ten so far beyond the range of doubles that they need not be computed. */
const FAR = 1_000;
const power = (tens: number) => (tens > 0 ? 10n ** BigInt(tens) : 1n);
const bits = (number: bigint) => number.toString(2).length;

/** The double nearest to `numerator / denominator`: 53 bits, and none below 2 ** -1074. */
function nearest(numerator: bigint, denominator: bigint): number {
  const shifted = (number: bigint, by: number) => (by > 0 ? number << BigInt(by) : number);
  let exponent = Math.max(-1074, bits(numerator) - bits(denominator) - 53);
  // The lengths in bits give the magnitude of a fraction up to one bit.
  if (shifted(numerator, -exponent) >= shifted(denominator, exponent) << 53n) exponent += 1;
  const [up, down] = [shifted(numerator, -exponent), shifted(denominator, exponent)];
  const rest = 2n * (up % down);
  const floor = up / down;
  const odd = (floor & 1n) === 1n;
  return Number(rest > down || (rest === down && odd) ? floor + 1n : floor) * 2 ** exponent;
}
