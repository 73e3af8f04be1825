import { type ParquetType, parquetSchema } from "hyparquet";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../bytes.ts";
import type { SCHEMA } from "../file-format.ts";
import type { SampleChunks } from "./footer-index.ts";
import { FileUnreadable, toUnreadable } from "./unreadable.ts";

/** A row group whose column chunks are in memory. */
export interface GroupBytes {
  readonly rows: number;
  readonly chunks: SampleChunks;
  /** The bytes from an offset in the file, not copied. */
  bytesAt(offset: number, length: number): Uint8Array;
}

/** Samples of one point in one row group, ascending by millisecond. */
export interface PointSeries {
  readonly ms: Float64Array;
  readonly value: Float64Array;
}

/**
 * Decodes the samples in [fromMs, toMs) of each name, in the order of `names`. A series is empty where the row group
 * has no such samples.
 *
 * Throws `FileUnreadable` where the bytes are not columns of the schema.
 */
export function groupSamples(
  group: GroupBytes,
  names: readonly Uint8Array[],
  fromMs: EpochMs,
  toMs: EpochMs,
): PointSeries[] {
  const pointName = column(group, "pointName");
  const timestamp = column(group, "timestamp");
  const value = column(group, "value");
  // Most of ten thousand rows are other points': only values that the bisection or the result needs are converted.
  const order = (row: number, name: Uint8Array) => compareBytes(bytesAt(pointName, row), name);
  return names.map((name) => {
    const nameFrom = firstRow(0, group.rows, (row) => order(row, name) >= 0);
    const nameTo = firstRow(nameFrom, group.rows, (row) => order(row, name) > 0);
    const from = firstRow(nameFrom, nameTo, (row) => numberAt(timestamp, row) >= fromMs);
    const to = firstRow(from, nameTo, (row) => numberAt(timestamp, row) >= toMs);
    const series = { ms: new Float64Array(to - from), value: new Float64Array(to - from) };
    for (let row = from; row < to; row++) {
      series.ms[row - from] = numberAt(timestamp, row);
      series.value[row - from] = numberAt(value, row);
    }
    return series;
  });
}

function bytesAt(column: ArrayLike<unknown>, row: number): Uint8Array {
  const value = column[row];
  if (!(value instanceof Uint8Array)) throw new FileUnreadable(`row ${row} has no name`);
  return value;
}

function numberAt(column: ArrayLike<unknown>, row: number): number {
  const value = Number(column[row] ?? Number.NaN);
  if (!Number.isFinite(value)) throw new FileUnreadable(`row ${row} has no number`);
  return value;
}

/** The first row of [from, to) from which on `reached` is true, by bisection; `to` if there is none. */
function firstRow(from: number, to: number, reached: (row: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function column(group: GroupBytes, which: keyof SampleChunks): ArrayLike<unknown> {
  const { offset, length } = group.chunks[which];
  const bytes = group.bytesAt(offset, length);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const select = { groupStart: 0, selectStart: 0, selectEnd: group.rows, groupRows: group.rows };
  const pages = decode(() => readColumn(reader, select, DECODERS[which]).data);
  const [first] = pages;
  // Our files have one page a column chunk; files of other writers may have more.
  const data: ArrayLike<unknown> = pages.length === 1 && first ? first : pages.flatMap((page) => [...page]);
  if (data.length !== group.rows)
    throw new FileUnreadable(`${data.length} rows of ${group.rows} in ${which}`);
  return data;
}

type ColumnDecoder = Parameters<typeof readColumn>[2];

/** Decodes values as they are stored, without their logical types: names are bytes, times are bigints. */
const decoderOf = (name: (typeof SCHEMA)[number]["name"], type: ParquetType): ColumnDecoder => {
  const schema = [
    { name: "root", num_children: 1 },
    { name, type, repetition_type: "REQUIRED" as const },
  ];
  const root = parquetSchema({ schema });
  const [leaf = root] = root.children;
  return {
    pathInSchema: [name],
    type,
    element: leaf.element,
    schemaPath: [root, leaf],
    codec: "SNAPPY",
    parsers: DEFAULT_PARSERS,
    utf8: false,
  };
};

const DECODERS: Readonly<Record<keyof SampleChunks, ColumnDecoder>> = {
  timestamp: decoderOf("timestamp", "INT64"),
  pointName: decoderOf("point_name", "BYTE_ARRAY"),
  value: decoderOf("value", "DOUBLE"),
};

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw toUnreadable(cause);
  }
}
