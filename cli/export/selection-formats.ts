import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import type { Sample } from "../../src/contract/query.ts";
import {
  deltaPages,
  encodeFileFooter,
  namePages,
  rowGroupMetadata,
  valuePages,
  writeChunk,
} from "../../src/parquet/file/file.ts";
import { COLUMNS } from "../../src/parquet/file-format.ts";
import { CommandError } from "../../terminal/terminal.ts";
import { csvLine } from "../output.ts";
import { CSV_HEADER } from "./parquet-csv.ts";
import type { PointSelection } from "./selection.ts";

export const SELECTION_FORMATS = ["csv", "parquet"] as const;
export type SelectionFormat = (typeof SELECTION_FORMATS)[number];

/** What is exported, with the points that the patterns stand for, in the order of their UTF-8 bytes. */
export interface ResolvedSelection extends PointSelection {
  readonly names: readonly string[];
}

/** Rows as bytes of a file, and in Parquet what its end has to know of them, as text. */
export interface EncodedRows {
  readonly bytes: Uint8Array;
  readonly group?: string;
}

/** A file of rows that can be continued: nothing of an encoder is kept but the size of the file and the groups so far. */
export interface RowEncoder {
  begin(): Uint8Array;
  /** `rows` are at least one, in the order of the file; `offset` is the size of the file before them. */
  encode(rows: readonly Sample[], offset: number): EncodedRows;
  end(groups: readonly string[]): Uint8Array;
}

const utf8 = new TextEncoder();

export function rowEncoder(format: SelectionFormat, selection: ResolvedSelection): RowEncoder {
  switch (format) {
    case "csv":
      return csvEncoder(selection);
    case "parquet":
      return parquetEncoder(selection);
    default:
      return format satisfies never;
  }
}

const csvEncoder = ({ site }: ResolvedSelection): RowEncoder => ({
  begin: () => utf8.encode(`${CSV_HEADER}\n`),
  encode(rows) {
    const lines = rows.map(
      ({ timestamp, point_name, value }) => `${csvLine([timestamp, site, point_name, value])}\n`,
    );
    return { bytes: utf8.encode(lines.join("")) };
  },
  end: () => new Uint8Array(),
});

/** The columns of a day's file, a row group for each call of `encode`. */
const parquetEncoder = (selection: ResolvedSelection): RowEncoder => ({
  begin: () => utf8.encode("PAR1"),
  encode(rows, offset) {
    const names = [...new Set(rows.map(({ point_name }) => point_name))]
      .map((name) => ({ name, bytes: utf8.encode(name) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    const ranks = new Map(names.map(({ name }, rank) => [name, rank]));
    const chunks = [
      deltaPages(BigInt64Array.from(rows, ({ timestamp }) => BigInt(Date.parse(timestamp)))),
      namePages(
        names.map((each) => each.bytes),
        Int32Array.from(rows, ({ point_name }) => ranks.get(point_name) as number),
      ),
      valuePages(Float64Array.from(rows, finiteValue)),
      namePages([utf8.encode(selection.site)], new Int32Array(rows.length)),
    ];
    const writer = new ByteWriter();
    writer.offset = offset;
    const metadata = rowGroupMetadata(
      chunks.map((pages) => writeChunk(writer, pages, rows.length)),
      rows.length,
      COLUMNS,
    );
    return { bytes: writer.getBytes().slice(), group: Buffer.from(metadata).toString("base64") };
  },
  end(groups) {
    const metadata = groups.map((group) => new Uint8Array(Buffer.from(group, "base64")));
    return encodeFileFooter(metadata, { columns: COLUMNS, keyValues: keyValues(selection) });
  },
});

/** What a copy of the file says of itself. */
const keyValues = ({ site, from, to, interval, agg, names }: ResolvedSelection) => [
  { key: "site_name", value: site },
  { key: "from", value: from },
  { key: "to", value: to },
  { key: "interval", value: interval },
  ...(interval === "raw" ? [] : [{ key: "aggregate", value: agg ?? "avg" }]),
  { key: "points", value: JSON.stringify(names) },
];

/** The answer has null where a sum is greater than any double, which the column of values has no place for. */
function finiteValue({ point_name, timestamp, value }: Sample): number {
  if (value !== null) return value;
  throw new CommandError(
    `The value of ${point_name} at ${timestamp} exceeds the greatest number.`,
    "Export it as CSV, where it is empty, or with another --agg.",
  );
}
