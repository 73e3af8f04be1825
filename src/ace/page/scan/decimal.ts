import type { ByteReader } from "./byte-reader.ts";

const DIGIT_0 = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const QUOTE = 0x22;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A number with another digit is an exact integer as well. */
const HEAD_MAX = 900_719_925_474_098;
/** Digits after these; a float32 as a double has 17 altogether. */
const TAIL_DIGITS_MAX = 7;

/**
 * Reads a decimal and the quote after it, and returns the nearest double.
 *
 * A decimal is digits, with an optional minus before and an optional point among them. For anything else, and where
 * rounding is not certain, the result is NaN and `at` does not move. Up to 15 digits and their power of ten are both
 * exact, so one division rounds once (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function readDecimal(reader: ByteReader): number {
  const { body } = reader;
  let at = reader.at;
  const negative = body[at] === MINUS;
  if (negative) at += 1;
  const first = at;
  let head = 0;
  let tail = 0;
  let tailDigits = 0;
  let afterPoint = -1;
  for (; ; at += 1) {
    const byte = body[at] as number; // undefined after the end, which is no digit either
    const digit = byte - DIGIT_0;
    if (digit >= 0 && digit <= 9) {
      if (head <= HEAD_MAX) head = head * 10 + digit;
      else {
        tail = tail * 10 + digit;
        tailDigits += 1;
      }
    } else if (byte === POINT && afterPoint < 0) afterPoint = at + 1;
    else break;
  }
  const point = afterPoint < 0 ? 0 : 1;
  const decimals = point * (at - afterPoint);
  const isBounded = tailDigits <= TAIL_DIGITS_MAX && decimals < POWERS.length;
  if (!isBounded || at - first === point || body[at] !== QUOTE) return Number.NaN;
  const power = POWERS[decimals] as number; // below their length
  const value = tailDigits === 0 ? head / power : divided(head, tail, POWERS[tailDigits] as number, power);
  if (Number.isNaN(value)) return value;
  reader.at = at + 1;
  return negative ? -value : value;
}

/**
 * (`head` · `scale` + `tail`) / `power`, rounded once; NaN where rounding is not certain. Both are calculated as sums of
 * two doubles, with twice the digits. The error is far below `MARGIN` of the quotient: where adding and subtracting
 * that much round to the same double, it is the nearest one (Ziv, "Fast evaluation of elementary mathematical functions
 * with correctly rounded last bit", 1991).
 */
function divided(head: number, tail: number, scale: number, power: number): number {
  const product = head * scale;
  const sum = product + tail;
  const rest = productError(head, scale, product) + (tail - (sum - product));
  const quotient = sum / power;
  const back = quotient * power;
  const correction = (sum - back - productError(quotient, power, back) + rest) / power;
  const margin = quotient * MARGIN;
  const value = quotient + (correction - margin);
  return value === quotient + (correction + margin) ? value : Number.NaN;
}

const MARGIN = 2 ** -98;

/** `a` · `b` - `product`, exactly, where `product` is their rounded product (Dekker, 1971). */
function productError(a: number, b: number, product: number): number {
  const aHigh = highHalf(a);
  const bHigh = highHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** The upper 26 bits of a double's 53. */
function highHalf(value: number): number {
  const scaled = value * (2 ** 27 + 1);
  return scaled - (scaled - value);
}
