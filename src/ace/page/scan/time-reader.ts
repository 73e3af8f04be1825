import type { EpochMicros } from "../../../domain/day.ts";
import { parseTime } from "../../../domain/time.ts";
import type { ByteReader } from "./byte-reader.ts";

const DIGIT_0 = 0x30;
const POINT = 0x2e;
const QUOTE = 0x22;

const MINUTE_CHARS = "2026-08-07T16:30:".length;

/**
 * Reads times. Most rows have the time of the row before, or one of the same minute: no text is made of these. Every
 * other form is left to `parseTime`, which gives these the same meaning.
 */
export class TimeReader {
  /** The time that was read last; undefined for a text that is no time. */
  micros: EpochMicros | undefined;
  private readonly reader: ByteReader;
  /** The text that was read last, with its quote. */
  private start = 0;
  private length = 0;
  /** A text that begins with the minute `minuteMicros`; NaN where there is none. */
  private minuteStart = 0;
  private minuteMicros = Number.NaN;

  constructor(reader: ByteReader) {
    this.reader = reader;
  }

  /** As sent, of the time that was read last. */
  get text(): string {
    return this.reader.text(this.start, this.start + this.length - 1);
  }

  /** Reads the rest of a string and its quote; false, and `at` anywhere, where it is no plain string. */
  read(): boolean {
    const { reader } = this;
    if (reader.readAgain(this.start, this.length)) return true;
    const { at } = reader;
    this.start = at;
    if (!(this.readInMinute() || this.readText())) return false;
    this.length = reader.at - at;
    return true;
  }

  /** Reads a time of the known minute, with six digits after the seconds or none; false, unmoved, for any other text. */
  private readInMinute(): boolean {
    const { reader, minuteMicros } = this;
    const { at, body, view } = reader;
    if (Number.isNaN(minuteMicros) || !reader.equalsAt(at, view, this.minuteStart, MINUTE_CHARS))
      return false;
    const seconds = digitsAt(body, at + MINUTE_CHARS, 2);
    let end = at + MINUTE_CHARS + 2;
    let fraction = 0;
    if (body[end] === POINT) {
      fraction = digitsAt(body, end + 1, 6);
      end += 7;
    }
    if (seconds < 0 || seconds > 59 || fraction < 0 || body[end] !== QUOTE) return false;
    this.micros = minuteMicros + seconds * 1_000_000 + fraction;
    reader.at = end + 1;
    return true;
  }

  private readText(): boolean {
    const { reader } = this;
    if (!reader.readPlainString()) return false;
    const text = reader.text(this.start, reader.at - 1);
    this.micros = parseTime(text);
    this.minuteStart = this.start;
    this.minuteMicros = parseTime(`${text.slice(0, MINUTE_CHARS)}00`) ?? Number.NaN;
    return true;
  }
}

/** A number of `count` digits; -1 where there is another byte. */
function digitsAt(body: Uint8Array, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = (body[index] as number) - DIGIT_0; // NaN after the end, which is no digit either
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
