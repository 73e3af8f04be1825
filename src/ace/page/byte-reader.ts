import { decodeText } from "../body-text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ASCII_END = 0x80;

/** Up to this length, which times and values have, joining characters is faster than a decoder. */
const JOINED_BYTES_MAX = 64;

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
   * Whether the next `length` bytes equal those of `other` from `from`, which are ASCII without NUL. Nearly every
   * byte of a page is compared here, so eight are compared at a time, as a double: ASCII bytes are neither NaN nor a
   * zero, and so equal only to themselves.
   */
  equals(other: DataView, from: number, length: number): boolean {
    return this.equalsAt(this.at, other, from, length);
  }

  /** The same for the bytes at `at`. */
  equalsAt(at: number, other: DataView, from: number, length: number): boolean {
    const { view } = this;
    if (at + length > view.byteLength) return false;
    const whole = length - 7;
    let done = 0;
    for (; done < whole; done += 8) {
      if (view.getFloat64(at + done) !== other.getFloat64(from + done)) return false;
    }
    for (; done < length; done += 1) {
      if (view.getUint8(at + done) !== other.getUint8(from + done)) return false;
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
