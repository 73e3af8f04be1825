import type { ByteReader } from "./byte-reader.ts";

const DIGIT_0 = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const QUOTE = 0x22;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads a decimal and the quote after it, and returns the nearest double.
 *
 * A decimal is digits, with an optional minus before and an optional point among them. For anything else, and where
 * rounding is not certain, the result is NaN and `at` does not move. Digits and power are both exact, so one division
 * rounds once (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function readDecimal(reader: ByteReader): number {
  const { body } = reader;
  let at = reader.at;
  const negative = body[at] === MINUS;
  if (negative) at += 1;
  const first = at;
  let digits = 0;
  let afterPoint = -1;
  for (; ; at += 1) {
    const byte = body[at] as number; // undefined after the end, which is no digit either
    const digit = byte - DIGIT_0;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (byte === POINT && afterPoint < 0) afterPoint = at + 1;
    else break;
  }
  const point = afterPoint < 0 ? 0 : 1;
  const decimals = point * (at - afterPoint);
  // A sum that exceeds the exact integers never becomes smaller again.
  const exact = digits <= Number.MAX_SAFE_INTEGER && decimals < POWERS.length;
  if (!exact || at - first === point || body[at] !== QUOTE) return Number.NaN;
  reader.at = at + 1;
  const value = digits / (POWERS[decimals] as number); // below their length
  return negative ? -value : value;
}
