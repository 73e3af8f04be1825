import { decodeText } from "../decode-text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ASCII_END = 0x80;

/** Times and values are shorter, and so many characters are joined sooner than a decoder is called. */
const JOINED_BYTES_MAX = 64;

/** JSON's white space: space, line feed, carriage return, tab. */
function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A place in a body that moves over JSON. What does not match leaves it anywhere: the scan is over then. */
export class ByteReader {
  readonly body: Uint8Array;
  at = 0;
  private readonly view: DataView;

  constructor(body: Uint8Array) {
    this.body = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Takes white space, and then one of the tokens that are one byte long. */
  take(byte: number): boolean {
    while (isSpace(this.body[this.at])) this.at += 1;
    if (this.body[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Takes white space, a token and its white space, and no other bytes. */
  takeWord(word: Uint8Array): boolean {
    while (isSpace(this.body[this.at])) this.at += 1;
    for (const byte of word) {
      if (this.body[this.at] !== byte) return false;
      this.at += 1;
    }
    while (isSpace(this.body[this.at])) this.at += 1;
    return true;
  }

  /** Takes the rest of a string and its quote. False for one that is cut off, has an escape or is not ASCII. */
  takePlainString(): boolean {
    for (let byte = this.body[this.at]; byte !== undefined; byte = this.body[this.at]) {
      this.at += 1;
      if (byte === QUOTE) return true;
      if (byte === BACKSLASH || byte < SPACE || byte >= ASCII_END) return false;
    }
    return false;
  }

  /** Whether the `length` bytes here are those, ASCII without NUL, that stand at `before`. */
  repeats(before: number, length: number): boolean {
    return this.equals(this.view, before, length);
  }

  /**
   * Whether the `length` bytes here are those, ASCII without NUL, of `other` from `from`. Eight at a time, for nearly
   * every byte of a page comes by: as a double, such bytes are neither NaN nor a zero, and so equal only to themselves.
   */
  equals(other: DataView, from: number, length: number): boolean {
    const { view, at } = this;
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

  /** ASCII from `start` to before `end`. */
  text(start: number, end: number): string {
    // A string that grows by characters keeps a node for each: a value of megabytes would take thirty times as many.
    if (end - start > JOINED_BYTES_MAX) return decodeText(this.body.subarray(start, end));
    let text = "";
    for (let at = start; at < end; at += 1) text += String.fromCharCode(this.body[at] ?? 0);
    return text;
  }
}
