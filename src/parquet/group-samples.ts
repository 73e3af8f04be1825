import { parquetSchema } from "hyparquet";
import { readColumn } from "hyparquet/src/column.js";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import type { EpochMs } from "../domain/day.ts";
import { compareBytes } from "./byte-order.ts";
import { FileUnreadable } from "./file-unreadable.ts";
import type { SampleChunks } from "./footer-index.ts";
import { SCHEMA } from "./schema.ts";

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
  const pointName = column(group, "pointName") as ArrayLike<Uint8Array>;
  const timestamp = column(group, "timestamp") as ArrayLike<number>;
  const value = column(group, "value") as ArrayLike<number>;
  return names.map((name) => {
    const nameFrom = firstRow(0, group.rows, (row) => compareBytes(pointName[row] as Uint8Array, name) >= 0);
    const nameTo = firstRow(
      nameFrom,
      group.rows,
      (row) => compareBytes(pointName[row] as Uint8Array, name) > 0,
    );
    const from = firstRow(nameFrom, nameTo, (row) => (timestamp[row] as number) >= fromMs);
    const to = firstRow(from, nameTo, (row) => (timestamp[row] as number) >= toMs);
    const stretch = { ms: new Float64Array(to - from), value: new Float64Array(to - from) };
    for (let row = from; row < to; row++) {
      stretch.ms[row - from] = timestamp[row] as number;
      stretch.value[row - from] = value[row] as number;
    }
    return stretch;
  });
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
  for (let row = 0; row < data.length; row++) {
    if (data[row] === undefined) throw new FileUnreadable(`row ${row} of ${which} has no value`);
  }
  return data;
}

type ColumnDecoder = Parameters<typeof readColumn>[2];

const decoderOf = (name: string): ColumnDecoder => {
  const root = parquetSchema({ schema: SCHEMA.map((element) => ({ ...element })) });
  const leaf = root.children.find(({ element }) => element.name === name);
  if (!leaf?.element.type) throw new TypeError(`the schema has no column ${name}`);
  return {
    pathInSchema: [name],
    type: leaf.element.type,
    element: leaf.element,
    schemaPath: [root, leaf],
    codec: "SNAPPY",
    parsers: {
      ...DEFAULT_PARSERS,
      timestampFromMilliseconds: (ms: bigint) => Number(ms),
      // Names are compared as bytes.
      stringFromBytes: (bytes: Uint8Array) => bytes,
    },
  };
};

const DECODERS: Readonly<Record<keyof SampleChunks, ColumnDecoder>> = {
  timestamp: decoderOf("timestamp"),
  pointName: decoderOf("point_name"),
  value: decoderOf("value"),
};

function read<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
