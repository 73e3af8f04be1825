import { parseCsvTime } from "./csv-time.ts";

export type Delimiter = "," | ";" | "\t";

/** The delimiter of a file by its first line: where values have decimal commas, it is not the comma. */
export function delimiterOf(line: string): Delimiter {
  const bare = line.replace(/"[^"]*"/g, "");
  return bare.includes(";") ? ";" : bare.includes("\t") ? "\t" : ",";
}

/** The fields of a line without their quotes (RFC 4180) and outer spaces; none where a quote is not closed. */
export function fieldsOf(line: string, delimiter: Delimiter): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  const field = new RegExp(`[ ]*(?:"((?:[^"]|"")*)"[ ]*|([^"${delimiter}]*))(${delimiter}|$)`, "y");
  for (;;) {
    const match = field.exec(line);
    if (!match) return [];
    fields.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? "").trim());
    if (match[3] === "") return fields;
  }
}

/** What the first line says of the columns, or what is wrong with it. */
export function columnsOf([first = "", second = ""]: readonly string[]):
  | { readonly hasHeader: boolean; readonly timeColumn: 0 | 1 }
  | string {
  if ("micros" in parseCsvTime(first)) return { hasHeader: false, timeColumn: 0 };
  const [isFirst, isSecond] = [namesTime(first), namesTime(second)];
  if (isFirst && isSecond) return "both columns of the header are named as times";
  if (isFirst || isSecond) return { hasHeader: true, timeColumn: isSecond ? 1 : 0 };
  // Were this line taken for a header, its sample would be lost.
  if ([first, second].some(beginsWithNumber))
    return "the first line is neither a header nor a sample that begins with its time";
  return { hasHeader: true, timeColumn: namesValue(first) && !namesValue(second) ? 1 : 0 };
}

const beginsWithNumber = (field: string) => /^[+-]?[.,]?\d/.test(field);

const namesTime = (name: string) =>
  /^(?:time|date|ts\b|when\b|unix|epoch)/i.test(name) || /time(?:stamp)?$/i.test(name);
const namesValue = (name: string) => /^(?:val|reading|measure)/i.test(name) || /value$/i.test(name);
