import { type ParquetType, parquetSchema } from "hyparquet";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../byte-order.ts";
import type { SCHEMA } from "../file/schema.ts";
import { FileUnreadable } from "./file-unreadable.ts";
import type { SampleChunks } from "./footer-index.ts";

/** A row group as it lies in memory. */
export interface GroupBytes {
  readonly rows: number;
  readonly chunks: SampleChunks;
  /** The bytes at a place in the file, not copied. */
  bytesAt(offset: number, length: number): Uint8Array;
}

/** Samples of one point in one row group, ascending by millisecond. */
export interface Stretch {
  readonly ms: Float64Array;
  readonly value: Float64Array;
}

/**
 * The samples in [fromMs, toMs) of each of `names`, in their order; empty where the row group has none.
 *
 * Throws `FileUnreadable` where the bytes are no such columns.
 */
export function groupSamples(
  group: GroupBytes,
  names: readonly Uint8Array[],
  fromMs: EpochMs,
  toMs: EpochMs,
): Stretch[] {
  const pointName = column(group, "pointName");
  const timestamp = column(group, "timestamp");
  const value = column(group, "value");
  // Of ten thousand rows most are other points': only what is looked at is converted.
  const order = (row: number, name: Uint8Array) => compareBytes(bytesAt(pointName, row), name);
  return names.map((name) => {
    const nameFrom = firstRow(0, group.rows, (row) => order(row, name) >= 0);
    const nameTo = firstRow(nameFrom, group.rows, (row) => order(row, name) > 0);
    const from = firstRow(nameFrom, nameTo, (row) => numberAt(timestamp, row) >= fromMs);
    const to = firstRow(from, nameTo, (row) => numberAt(timestamp, row) >= toMs);
    const stretch = { ms: new Float64Array(to - from), value: new Float64Array(to - from) };
    for (let row = from; row < to; row++) {
      stretch.ms[row - from] = numberAt(timestamp, row);
      stretch.value[row - from] = numberAt(value, row);
    }
    return stretch;
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

/** The first row of [from, to) for which `reached` is true, as it is for all after it; `to` where there is none. */
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
  const pages = read(() => readColumn(reader, select, DECODERS[which]).data);
  const [first] = pages;
  // Our files have one page a column chunk; those of others may have more.
  const data: ArrayLike<unknown> = pages.length === 1 && first ? first : pages.flatMap((page) => [...page]);
  if (data.length !== group.rows)
    throw new FileUnreadable(`${data.length} rows of ${group.rows} in ${which}`);
  return data;
}

type ColumnDecoder = Parameters<typeof readColumn>[2];

/** For values as they are stored, names as bytes and times as bigints: what they mean is known here. */
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

function read<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
