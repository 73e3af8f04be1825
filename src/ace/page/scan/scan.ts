import { NAME_CHARS_MAX } from "../../../domain/dropped-rows.ts";
import { decodeText } from "../../body-text.ts";
import { VendorFault } from "../../faults.ts";
import { bareNumber, parseJson } from "../../json.ts";
import { PAGE_REST_BYTES_MAX } from "../../limits.ts";
import { nameHash } from "../name-hash.ts";
import { decodeNextPage } from "../next-page.ts";
import { type PageContext, PageRows, type SamplesPage } from "../page-rows.ts";
import type { JsonObject } from "../parse-json.ts";
import { ByteReader } from "./byte-reader.ts";
import { readDecimal } from "./decimal.ts";
import { indexOf, type NameIndex } from "./name-index.ts";
import { RepeatedTokens } from "./repeated-tokens.ts";
import { TimeReader } from "./time-reader.ts";
import { UnlistedIndex } from "./unlisted-index.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;
const PAGE_START = ["{", '"point_samples"', ":", "["];
const ROW_START = ["{", '"name"', ":", '"'];
const TO_VALUE = [",", '"value"', ":", ""];
const TO_TIME = [",", '"time"', ":", '"'];
const TO_NEXT_ROW = ["}", ",", ...ROW_START];
const ROWS_END = ["}", "]"];

/** Bytes of a row at least. */
const ROW_BYTES_MIN = '{"name":"","value":0,"time":""}'.length;

/** Bytes of an average row at least, for an estimate of the number of rows. */
const ROW_BYTES = 96;

/**
 * Decodes a page in the form that the API writes, from bytes to columns without text or objects in between.
 * Undefined for every other page, a faulty page included: parsing it finds the fault.
 */
export function scanSamples(body: Uint8Array, context: PageContext): SamplesPage | undefined {
  try {
    return new Scan(body, context).page();
  } catch (error) {
    if (error instanceof VendorFault || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class Scan {
  private readonly reader: ByteReader;
  private readonly names: NameIndex;
  /** Where points that are not configured are kept. */
  private readonly unlisted: UnlistedIndex | undefined;
  private wasUnlisted = false;
  private readonly rows: PageRows;
  /** Where each row's name begins. */
  private readonly nameStarts: Uint32Array;
  private readonly time: TimeReader;
  private readonly toValue = new RepeatedTokens(TO_VALUE);
  private readonly toTime = new RepeatedTokens(TO_TIME);
  private readonly toNextRow = new RepeatedTokens(TO_NEXT_ROW);

  constructor(body: Uint8Array, context: PageContext) {
    this.reader = new ByteReader(body);
    this.time = new TimeReader(this.reader);
    this.names = indexOf(context.points);
    this.unlisted = context.unlisted && new UnlistedIndex(this.reader);
    this.rows = new PageRows(context, Math.ceil(body.length / ROW_BYTES), {
      nameOf: (row) => this.nameOf(row),
      timeOf: () => this.time.text,
      hashOf: (row) => this.hashOf(row),
      unlistedIdOf: (_, names) => this.unlisted?.idIn(names),
    });
    this.nameStarts = new Uint32Array(Math.ceil(body.length / ROW_BYTES_MIN));
  }

  page(): SamplesPage | undefined {
    const { reader } = this;
    if (!reader.readTokens(PAGE_START)) return undefined;
    const hasRows = !reader.readTokens(["]"]);
    if (hasRows && !(reader.readTokens(ROW_START) && this.readRows())) return undefined;
    if (reader.body.length - reader.at > PAGE_REST_BYTES_MAX) return undefined;
    // From the bracket on: a byte order mark at the very beginning would be removed instead of being a fault.
    const rest = parseJson(`{"":[${decodeText(reader.body.subarray(reader.at - 1))}`) as JsonObject;
    if (Object.hasOwn(rest, "point_samples")) return undefined;
    const nextPage = decodeNextPage(rest);
    return { ...this.rows.counts(), ...nextPage };
  }

  /** Reads from the first row's name to the bracket after the last row. */
  private readRows(): boolean {
    const { reader, rows, time, toValue, toTime } = this;
    for (let row = 0; ; row += 1) {
      const nameStart = reader.at;
      this.nameStarts[row] = nameStart;
      const configuredId = this.readName();
      if (reader.at === nameStart || !toValue.read(reader)) return false;

      const valueStart = reader.at;
      let number = Number.NaN;
      if (reader.body[valueStart] === QUOTE) {
        reader.at += 1;
        number = readDecimal(reader);
        if (reader.at === valueStart + 1 && !reader.readPlainString()) return false;
      } else if (!this.readLiteral()) return false;
      const valueEnd = reader.at;

      if (!(toTime.read(reader) && time.read())) return false;
      const end = this.readRowEnd();
      if (end === "odd") return false;
      const { micros } = time;
      // Any other value is parsed even where it is not kept, because it may not be JSON.
      const raw: unknown = Number.isNaN(number) ? this.jsonOf(valueStart, valueEnd) : undefined;
      const id = rows.add(micros, configuredId);
      if (id !== undefined && micros !== undefined) {
        if (Number.isNaN(number)) rows.keepParsed(micros, id, raw);
        else rows.keep(micros, id, number);
      }
      if (end === "last") return true;
    }
  }

  /** Reads a name and its quote, and returns the id of a configured point; `at` unmoved where there is no plain string. */
  private readName(): number | undefined {
    const { reader, names, unlisted } = this;
    if (!unlisted) return names.readId(reader);
    // Neighbours of points that are not configured often are none either.
    if (this.wasUnlisted && unlisted.readGuess()) return undefined;
    const start = reader.at;
    const id = names.readId(reader);
    this.wasUnlisted = id === undefined;
    if (id === undefined && reader.at > start) unlisted.add(start, reader.at);
    return id;
  }

  /** Reads to the next row's name, or behind the last row. */
  private readRowEnd(): "more" | "last" | "odd" {
    const { reader } = this;
    const { at } = reader;
    if (this.toNextRow.read(reader)) return "more";
    reader.at = at;
    return reader.readTokens(ROWS_END) ? "last" : "odd";
  }

  /** Reads what may be a number, bare or not, true, false or null; `jsonOf` finds out whether it is. */
  private readLiteral(): boolean {
    const { reader } = this;
    const start = reader.at;
    while (isWordByte(reader.body[reader.at])) reader.at += 1;
    return reader.at > start;
  }

  private jsonOf(start: number, end: number): unknown {
    const { reader } = this;
    if (reader.body[start] === QUOTE) return reader.text(start + 1, end - 1);
    const text = reader.text(start, end);
    return bareNumber(text) ?? JSON.parse(text);
  }

  private hashOf(row: number): number {
    const { start, end } = this.nameAt(row);
    return nameHash(this.reader.body, start, end);
  }

  /** The first characters of a name, as many as are shown. */
  private nameOf(row: number): string {
    const { start, end } = this.nameAt(row);
    return this.reader.text(start, Math.min(end, start + NAME_CHARS_MAX));
  }

  private nameAt(row: number): { readonly start: number; readonly end: number } {
    const start = this.nameStarts[row] ?? 0;
    return { start, end: this.reader.body.indexOf(QUOTE, start) };
  }
}

/** Letters, digits, and + - . */
function isWordByte(value: number | undefined): boolean {
  if (value === undefined) return false;
  const letter = value | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (value >= 0x2b && value <= 0x39 && value !== COMMA && value !== 0x2f)
  );
}
