import type { EpochMicros } from "../../domain/day.ts";
import { parseTime } from "../../domain/time.ts";
import { decodeText } from "../decode-text.ts";
import { VendorFault } from "../faults.ts";
import { PAGE_REST_BYTES_MAX } from "../limits.ts";
import { ByteReader } from "./byte-reader.ts";
import { takeDecimal } from "./decimal.ts";
import type { JsonObject } from "./json.ts";
import { nameHashOfAscii } from "./name-hash.ts";
import { indexOf, type NameIndex } from "./name-index.ts";
import { decodeWay } from "./next-page.ts";
import type { SamplesPage } from "./page.ts";
import { type PageContext, PageRows } from "./page-rows.ts";

const token = (text: string) => new TextEncoder().encode(text);
const byte = (text: string) => text.charCodeAt(0);
const OPEN = byte("{");
const CLOSE = byte("}");
const OPEN_LIST = byte("[");
const CLOSE_LIST = byte("]");
const COLON = byte(":");
const COMMA = byte(",");
const QUOTE = byte('"');
const POINT_SAMPLES = token('"point_samples"');
const NAME = token('"name"');
const VALUE = token('"value"');
const TIME = token('"time"');

/** What a row has at least on average, for a first guess at the number of rows. */
const ROW_BYTES = 96;

/**
 * A page in the form that the API writes, from bytes to columns: neither text nor objects are made of its rows.
 * Undefined for every other page, a faulty one included: whoever parses it finds its fault.
 */
export function scanSamples(body: Uint8Array, context: PageContext): SamplesPage | undefined {
  try {
    return new Scan(body, context).page();
  } catch (error) {
    if (error instanceof VendorFault || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where the bytes begin that follow each name, or each value, and how many they are. */
interface Between {
  at: number;
  length: number;
}

class Scan {
  private readonly reader: ByteReader;
  private readonly names: NameIndex;
  private readonly rows: PageRows;
  /** Where each row's name begins. */
  private nameStarts: Uint32Array;
  /** The row before's, from its name to its value, and from its value to the next row's name. */
  private readonly toValue: Between = { at: 0, length: 0 };
  private readonly toName: Between = { at: 0, length: 0 };
  private micros: EpochMicros | undefined;
  private timeText = "";

  constructor(body: Uint8Array, context: PageContext) {
    const rowsExpected = Math.ceil(body.length / ROW_BYTES);
    this.reader = new ByteReader(body);
    this.names = indexOf(context.points);
    this.rows = new PageRows(context, rowsExpected);
    this.nameStarts = new Uint32Array(rowsExpected);
  }

  page(): SamplesPage | undefined {
    const { reader } = this;
    const opens =
      reader.take(OPEN) && reader.takeWord(POINT_SAMPLES) && reader.take(COLON) && reader.take(OPEN_LIST);
    if (!opens) return undefined;
    if (!reader.take(CLOSE_LIST) && !(this.takeRowStart() && this.takeRows())) return undefined;
    if (reader.body.length - reader.at > PAGE_REST_BYTES_MAX) return undefined;
    // From the bracket on, so that no byte order mark is at the beginning, where it would be taken off.
    const rest = JSON.parse(`{"":[${decodeText(reader.body.subarray(reader.at - 1))}`) as JsonObject;
    if (Object.hasOwn(rest, "point_samples")) return undefined;
    const way = decodeWay(rest);
    return { ...this.rows.tally((row) => this.hashOf(row)), ...way };
  }

  /** From the first row's name to the bracket behind the last row. */
  private takeRows(): boolean {
    const { reader, names, rows, toValue, toName } = this;
    for (let row = 0; ; row += 1) {
      const nameStart = reader.at;
      if (row === this.nameStarts.length) this.grow();
      this.nameStarts[row] = nameStart;
      const id = names.take(reader);
      if (reader.at === nameStart) return false;
      if (reader.repeats(toValue.at, toValue.length) && toValue.length > 0) reader.at += toValue.length;
      else if (!this.takeToValue()) return false;

      const valueStart = reader.at;
      let number = Number.NaN;
      if (reader.body[valueStart] === QUOTE) {
        reader.at += 1;
        number = takeDecimal(reader);
        if (reader.at === valueStart + 1 && !reader.takePlainString()) return false;
      } else if (!this.takeWord()) return false;
      const valueEnd = reader.at;

      let more = true;
      if (toName.length > 0 && reader.repeats(toName.at, toName.length)) reader.at += toName.length;
      else {
        const end = this.takeToName();
        if (end === "odd") return false;
        more = end === "more";
      }
      const { micros } = this;
      // A value of another kind is looked at even where it is not wanted, for it may be no JSON.
      const raw: unknown = Number.isNaN(number) ? this.jsonOf(valueStart, valueEnd) : undefined;
      if (rows.wants(micros, id) && micros !== undefined && id !== undefined) {
        if (Number.isNaN(number)) rows.take(micros, id, raw);
        else rows.keep(micros, id, number);
      }
      if (!more) return true;
    }
  }

  private takeRowStart(): boolean {
    const { reader } = this;
    return reader.take(OPEN) && reader.takeWord(NAME) && reader.take(COLON) && reader.take(QUOTE);
  }

  private takeToValue(): boolean {
    const { reader, toValue } = this;
    const at = reader.at;
    if (!(reader.take(COMMA) && reader.takeWord(VALUE) && reader.take(COLON))) return false;
    reader.takeWord(EMPTY);
    toValue.at = at;
    toValue.length = reader.at - at;
    return true;
  }

  private takeToName(): "more" | "end" | "odd" {
    const { reader, toName } = this;
    const at = reader.at;
    if (!(reader.take(COMMA) && reader.takeWord(TIME) && reader.take(COLON) && reader.take(QUOTE)))
      return "odd";
    const start = reader.at;
    if (!reader.takePlainString()) return "odd";
    const timeText = reader.text(start, reader.at - 1);
    if (timeText !== this.timeText) {
      this.timeText = timeText;
      this.micros = parseTime(timeText);
    }
    if (!reader.take(CLOSE)) return "odd";
    if (reader.take(CLOSE_LIST)) return "end";
    if (!(reader.take(COMMA) && this.takeRowStart())) return "odd";
    toName.at = at;
    toName.length = reader.at - at;
    return "more";
  }

  /** A number, true, false or null, as far as it goes: whether it is one, its parser says. */
  private takeWord(): boolean {
    const { reader } = this;
    const start = reader.at;
    while (isWordByte(reader.body[reader.at])) reader.at += 1;
    return reader.at > start;
  }

  private jsonOf(start: number, end: number): unknown {
    const { reader } = this;
    if (reader.body[start] === QUOTE) return reader.text(start + 1, end - 1);
    return JSON.parse(reader.text(start, end));
  }

  private hashOf(row: number): number {
    const { body } = this.reader;
    const start = this.nameStarts[row] ?? 0;
    return nameHashOfAscii(body, start, body.indexOf(QUOTE, start));
  }

  private grow(): void {
    const before = this.nameStarts;
    this.nameStarts = new Uint32Array(Math.ceil(before.length * 1.5) + 16);
    this.nameStarts.set(before);
  }
}

const EMPTY = new Uint8Array();

/** Letters, digits, and + - . */
function isWordByte(value: number | undefined): boolean {
  if (value === undefined) return false;
  const letter = value | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (value >= 0x2b && value <= 0x39 && value !== COMMA && value !== 0x2f)
  );
}
