import * as arrow from "@uwdata/flechette";
import type { RowBatch } from "../row-batches.ts";
import { type AnswerPage, utf8 } from "./answer-page.ts";

const NAME = arrow.utf8();
/** Indexes of the names, which the stream has once. */
const POINT = arrow.dictionary(NAME, arrow.uint16());
const TIME = arrow.timestamp(arrow.TimeUnit.MILLISECOND, "UTC");
const VALUE = arrow.float64();
const CURSOR = arrow.utf8();

const SCHEMA: arrow.Schema = {
  version: arrow.Version.V5,
  endianness: arrow.Endianness.Little,
  fields: [
    arrow.field("point_name", POINT, false),
    arrow.field("timestamp", TIME, false),
    arrow.field("value", VALUE, false),
    arrow.field("next_cursor", CURSOR, true),
  ],
  metadata: null,
};

const NO_ROWS: RowBatch = {
  length: 0,
  point: new Uint16Array(),
  ms: new Float64Array(),
  value: new Float64Array(),
};

const STREAM_END_BYTES = 8;

/**
 * An Arrow IPC stream (https://arrow.apache.org/docs/format/Columnar.html), with a record batch for each batch of rows. As
 * in CSV, a fourth column has the next page's cursor: null except in the last row of a page that has a next page.
 */
export async function* writeArrow(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  const names = arrow.columnFromArray<string>([...page.pointNames], NAME);
  // The library writes whole streams alone. A stream with one batch more has that batch before its end.
  const opening = streamOf(names, [NO_ROWS]);
  const end = opening.length - STREAM_END_BYTES;
  yield opening.subarray(0, end);
  for await (const batch of page.batches) {
    yield streamOf(names, [NO_ROWS, batch]).subarray(end, -STREAM_END_BYTES);
  }
  yield opening.subarray(end);
}

/** Schema, names, a record batch for each of `batches`, end of the stream. */
function streamOf(names: arrow.Column<string>, batches: readonly RowBatch[]): Uint8Array {
  const column = <T>(batchOf: (batch: RowBatch) => arrow.Batch<T>) => new arrow.Column(batches.map(batchOf));
  const columns = [
    column(({ point, length }) =>
      Object.assign(withoutNulls<string>(POINT, point.subarray(0, length)), { dictionary: names }),
    ),
    column(({ ms, length }) => withoutNulls<number>(TIME, int64s(ms.subarray(0, length)))),
    column(({ value, length }) => withoutNulls<number>(VALUE, value.subarray(0, length))),
    column(cursors),
  ];
  return arrow.tableToIPC(new arrow.Table(SCHEMA, columns), { format: "stream" }) as Uint8Array;
}

function withoutNulls<T>(type: arrow.DataType, values: arrow.TypedArray): arrow.Batch<T> {
  return new arrow.Batch({ type, values, length: values.length, nullCount: 0, validity: new Uint8Array() });
}

/** A loop takes a quarter of the time of `BigInt64Array.from`. */
function int64s(ms: Float64Array): BigInt64Array {
  const whole = new BigInt64Array(ms.length);
  for (let row = 0; row < ms.length; row++) whole[row] = BigInt(ms[row] as number);
  return whole;
}

/** The cursor in the last row, null in every other. */
function cursors({ length, nextCursor }: RowBatch): arrow.Batch<string> {
  const values = utf8(nextCursor ?? "");
  const offsets = new Int32Array(length + 1);
  offsets[length] = values.length;
  const validity = new Uint8Array(Math.ceil(length / 8));
  if (nextCursor !== undefined) validity[(length - 1) >> 3] = 1 << ((length - 1) & 7);
  const nullCount = nextCursor === undefined ? length : length - 1;
  return new arrow.Batch({ type: CURSOR, length, nullCount, validity, offsets, values });
}
