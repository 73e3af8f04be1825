import type { EpochMicros } from "../../src/domain/day.ts";
import { columnsOf, type Delimiter, delimiterOf, fieldsOf } from "./csv-columns.ts";
import { type CsvTime, parseCsvTime, type TimeForm } from "./csv-time.ts";
import { readValues } from "./csv-values.ts";

export type { Delimiter, TimeForm };

/** The samples of one point as people have them in files. The door of this folder. */
export interface CsvTable {
  readonly delimiter: Delimiter;
  readonly hasHeader: boolean;
  /** Which of the two columns has the times. */
  readonly timeColumn: 0 | 1;
  readonly times: TimeForm;
  readonly hasDecimalCommas: boolean;
  /** At least one, in the file's order. */
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  readonly micros: EpochMicros;
  /** As in the file, without quotes and outer spaces; a decimal comma is written as a point. */
  readonly value: string;
}

/** What a file must look like, for messages. */
export const CSV_FORM =
  "A line has a time and a value, separated by a comma, a semicolon or a tab; a header may name the two columns. All times of a file have one form: 2024-01-15 10:30:00.5 (UTC), the same with Z or an offset such as +01:00, or unix seconds or milliseconds.";

/** A file that can't be read. The message begins with path and line. */
export class CsvUnreadable extends SyntaxError {
  constructor(path: string, line: number | undefined, problem: string) {
    super(`${path}${line === undefined ? "" : `:${line}`}: ${problem}`);
    this.name = "CsvUnreadable";
  }
}

/**
 * Reads a file of two columns. A first line that reads as a sample is one; only a line without any number or time is a
 * header. Byte order marks, all line ends, and blank lines are accepted. Throws `CsvUnreadable` for anything else.
 */
export function readCsv(path: string, text: string): CsvTable {
  const unreadable = (line: number | undefined, problem: string) => new CsvUnreadable(path, line, problem);
  if (text.includes("\0")) throw unreadable(undefined, "this is not UTF-8 text; save the file as UTF-8");
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== "");
  const [first] = lines;
  if (!first) throw unreadable(undefined, "the file has no rows");
  const delimiter = delimiterOf(first.content);
  const split = lines.map(({ line, content }) => {
    const fields = fieldsOf(content, delimiter);
    if (fields.length === 2) return { line, fields };
    const found =
      fields.length === 0
        ? "a quote is not closed"
        : `the line has ${fields.length} ${fields.length === 1 ? "field" : "fields"} instead of 2`;
    throw unreadable(line, `${found}: ${shown(content)}`);
  });
  const columns = columnsOf(split[0]?.fields ?? []);
  if (typeof columns === "string") throw unreadable(first.line, `${columns}: ${shown(first.content)}`);
  const { hasHeader, timeColumn } = columns;
  const samples = split.slice(hasHeader ? 1 : 0).map(({ line, fields }) => ({
    line,
    time: fields[timeColumn] ?? "",
    value: fields[1 - timeColumn] ?? "",
  }));
  if (samples.length === 0) throw unreadable(undefined, "the file has a header and no rows");
  const parsed = samples.map(({ line, time }) => {
    const read = parseCsvTime(time);
    if ("problem" in read) throw unreadable(line, `${shown(time)} ${read.problem}`);
    return { line, ...read };
  });
  const times = oneForm(parsed, unreadable);
  const values = readValues(samples);
  if ("problem" in values) throw unreadable(values.line, values.problem);
  const rows = parsed.map(({ micros }, index) => ({ micros, value: values.texts[index] ?? "" }));
  return { delimiter, hasHeader, timeColumn, times, hasDecimalCommas: values.hasDecimalCommas, rows };
}

/** Seconds between milliseconds, or local times between times with a zone, are most likely mistakes. */
function oneForm(
  times: readonly (CsvTime & { readonly line: number })[],
  unreadable: (line: number, problem: string) => CsvUnreadable,
): TimeForm {
  const [first] = times;
  const other = times.find(({ form }) => form !== first?.form);
  if (first && other)
    throw unreadable(
      other.line,
      `the time is in the form "${other.form}", but line ${first.line} has "${first.form}"`,
    );
  return first?.form ?? "UTC without a zone";
}

const shown = (text: string) => JSON.stringify(text.slice(0, 80));
