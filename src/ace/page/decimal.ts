import type { ByteReader } from "./byte-reader.ts";

const DIGIT_0 = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const QUOTE = 0x22;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Takes digits, with a minus before and a point among them, and the quote behind them: their value, which is the
 * double nearest to it. NaN with `at` unmoved for anything else, and where the double is not certain here.
 *
 * Digits and power are both exact, and so one division rounds once (Clinger, "How to read floating point numbers
 * accurately", 1990).
 */
export function takeDecimal(reader: ByteReader): number {
  const { body } = reader;
  let at = reader.at;
  const negative = body[at] === MINUS;
  if (negative) at += 1;
  const first = at;
  let digits = 0;
  let afterPoint = -1;
  for (; ; at += 1) {
    const byte = body[at] as number; // undefined behind the end, which is no digit either
    const digit = byte - DIGIT_0;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (byte === POINT && afterPoint < 0) afterPoint = at + 1;
    else break;
  }
  const point = afterPoint < 0 ? 0 : 1;
  const decimals = point * (at - afterPoint);
  // A sum that ever left the exact integers does not come back below their end.
  const exact = digits <= Number.MAX_SAFE_INTEGER && decimals < POWERS.length;
  if (!exact || at - first === point || body[at] !== QUOTE) return Number.NaN;
  reader.at = at + 1;
  const value = digits / (POWERS[decimals] as number); // below their length
  return negative ? -value : value;
}
