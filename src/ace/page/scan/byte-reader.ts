import { decodeText } from "../../body-text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ASCII_END = 0x80;

/** Up to this length, which times and values have, joining characters is faster than a decoder. */
const JOINED_BYTES_MAX = 64;

/** A quote, the number one and the highest bit, in each byte of a word. */
const QUOTES = 0x22222222;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;

/** The result of `readHashed` where there is no quote. */
export const NO_QUOTE = -1;

/** JSON's white space: space, line feed, carriage return, tab. */
function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Reads JSON from a body's bytes. After a mismatch the position is anywhere, and the scan ends. */
export class ByteReader {
  readonly body: Uint8Array;
  at = 0;
  readonly view: DataView;

  constructor(body: Uint8Array) {
    this.body = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Reads tokens of ASCII, with white space before each: an empty token is white space alone. */
  readTokens(tokens: readonly string[]): boolean {
    for (const token of tokens) {
      while (isSpace(this.body[this.at])) this.at += 1;
      for (let index = 0; index < token.length; index += 1) {
        if (this.body[this.at] !== token.charCodeAt(index)) return false;
        this.at += 1;
      }
    }
    return true;
  }

  /** Reads the rest of a string and its quote; false where it is cut off, has an escape or is not ASCII. */
  readPlainString(): boolean {
    for (let byte = this.body[this.at]; byte !== undefined; byte = this.body[this.at]) {
      this.at += 1;
      if (byte === QUOTE) return true;
      if (byte === BACKSLASH || byte < SPACE || byte >= ASCII_END) return false;
    }
    return false;
  }

  /**
   * Reads to the next quote, which may be an escaped one, and past it. Returns a 32-bit hash of the bytes before it;
   * `NO_QUOTE`, with `at` unmoved, where none follows or it is among the last three bytes.
   *
   * Four bytes are read at a time. Of their difference to four quotes a byte that is zero is found by its borrow from
   * the next (Warren, "Hacker's Delight", 6-1); only the lowest bit found is certain, and only that one is used.
   */
  readHashed(): number {
    const { view } = this;
    const last = view.byteLength - 4;
    let hash = 0;
    for (let at = this.at; at <= last; at += 4) {
      const word = view.getInt32(at, true);
      const difference = word ^ QUOTES;
      const found = (difference - ONES) & ~difference & HIGH_BITS;
      if (found === 0) {
        hash = mixed(hash ^ word);
        continue;
      }
      const lowest = found & -found;
      this.at = at + ((31 - Math.clz32(lowest)) >>> 3) + 1;
      return mixed(hash ^ (word & ((lowest >>> 7) - 1))) >>> 0;
    }
    return NO_QUOTE;
  }

  /** Reads `length` bytes that are the same as those from `start`, ASCII without NUL; false, unmoved, for others and for none. */
  readAgain(start: number, length: number): boolean {
    if (length === 0 || !this.equalsAt(this.at, this.view, start, length)) return false;
    this.at += length;
    return true;
  }

  /**
   * Whether the `length` bytes at `at` equal those of `other` from `from`, which are ASCII without NUL. Nearly every
   * byte of a page is compared here, so eight are compared at a time, as a double: ASCII bytes are neither NaN nor a
   * zero, and so equal only to themselves. The last eight may overlap those before.
   */
  equalsAt(at: number, other: DataView, from: number, length: number): boolean {
    const { view } = this;
    if (at + length > view.byteLength) return false;
    const last = length - 8;
    if (last < 0) return this.equalBytesAt(at, other, from, length);
    for (let done = 0; done < last; done += 8) {
      if (view.getFloat64(at + done, true) !== other.getFloat64(from + done, true)) return false;
    }
    return view.getFloat64(at + last, true) === other.getFloat64(from + last, true);
  }

  private equalBytesAt(at: number, other: DataView, from: number, length: number): boolean {
    for (let done = 0; done < length; done += 1) {
      if (this.view.getUint8(at + done) !== other.getUint8(from + done)) return false;
    }
    return true;
  }

  /** The ASCII text from `start` to before `end`. */
  text(start: number, end: number): string {
    // A string that grows by characters keeps a node for each: a value of megabytes would take thirty times as much.
    if (end - start > JOINED_BYTES_MAX) return decodeText(this.body.subarray(start, end));
    let text = "";
    for (let at = start; at < end; at += 1) text += String.fromCharCode(this.body[at] ?? 0);
    return text;
  }
}

/** One step of a multiplicative hash: high bits depend on all bits, and are mixed into the low ones. */
function mixed(word: number): number {
  const product = Math.imul(word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
