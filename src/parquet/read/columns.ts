import { type ParquetType, parquetSchema } from "hyparquet";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { COLUMNS } from "../file-format.ts";
import { decode, FileUnreadable } from "./unreadable.ts";

/** Bytes [offset, offset + length) of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The column chunks of a row group. */
export type ColumnRanges = Readonly<Record<"timestamp" | "pointName" | "value" | "siteName", ByteRange>>;

/** The column chunks that a reader of samples needs; `site_name` is known from the object's key. */
export type SampleChunks = Omit<ColumnRanges, "siteName">;

/** A row group of which at least the column chunks in `chunks` are in memory. */
export interface GroupBytes<Chunks = SampleChunks> {
  readonly rows: number;
  readonly chunks: Chunks;
  /** The bytes from an offset in the file, not copied. */
  bytesAt(offset: number, length: number): Uint8Array;
}

/** `time`: timestamps outside of a file, whose differences are the same for 32 bits. These are decoded without bigints. */
type Column = keyof ColumnRanges | "time";

/**
 * Decodes a column to values as they are stored, without their logical types: names are bytes, times are bigints.
 * Rows of a page share one array for a repeated name. Throws `FileUnreadable`; the types of the values are not checked.
 */
export function decodeColumn<C extends Column>(
  { rows, chunks, bytesAt }: GroupBytes<Readonly<Record<C, ByteRange>>>,
  column: C,
): ArrayLike<unknown> {
  const { offset, length } = chunks[column];
  return decodeChunk(bytesAt(offset, length), rows, DECODERS[column]);
}

/** Decodes a column chunk of a row group of `rows` rows, as `decodeColumn` does. */
export function decodeChunk(bytes: Uint8Array, rows: number, decoder: ColumnDecoder): ArrayLike<unknown> {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const select = { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows };
  const pages = decode(() => readColumn(reader, select, decoder).data);
  const [first] = pages;
  // Our files have one page a column chunk; files of other writers may have more.
  const data: ArrayLike<unknown> = pages.length === 1 && first ? first : pages.flatMap((page) => [...page]);
  if (data.length !== rows)
    throw new FileUnreadable(`${data.length} rows of ${rows} in ${decoder.pathInSchema}`);
  return data;
}

export type ColumnDecoder = Parameters<typeof readColumn>[2];

/** What `decodeChunk` needs to know of a column. */
export const decoderOf = ({
  name,
  type,
}: {
  readonly name: string;
  readonly type: ParquetType;
}): ColumnDecoder => {
  const root = parquetSchema({
    schema: [
      { name: "root", num_children: 1 },
      { name, type, repetition_type: "REQUIRED" },
    ],
  });
  const [leaf = root] = root.children;
  return {
    pathInSchema: [name],
    type,
    element: leaf.element,
    schemaPath: [root, leaf],
    codec: "SNAPPY" as const,
    parsers: DEFAULT_PARSERS,
    utf8: false,
  };
};

const [timestamp, pointName, value, siteName] = COLUMNS;

const DECODERS: Readonly<Record<Column, ColumnDecoder>> = {
  timestamp: decoderOf(timestamp),
  time: decoderOf({ name: "time", type: "INT32" }),
  pointName: decoderOf(pointName),
  value: decoderOf(value),
  siteName: decoderOf(siteName),
};
