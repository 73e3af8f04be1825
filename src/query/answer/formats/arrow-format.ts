import type { RowBatch } from "../row-batches.ts";
import { type AnswerPage, utf8 } from "./answer-page.ts";
import { type Column, dictionaryMessage, recordMessage, STREAM_END, schemaMessage } from "./arrow-message.ts";

const NO_NULLS = new Uint8Array();

/**
 * An Arrow IPC stream, with a record batch for each batch of rows. As in CSV, a fourth column has the next page's cursor:
 * null except in the last row of a page that has a next page.
 */
export async function* writeArrow(page: AnswerPage): AsyncGenerator<Uint8Array, void> {
  yield schemaMessage();
  yield dictionaryMessage(strings(page.pointNames));
  for await (const batch of page.batches) yield recordMessage(columnsOf(batch));
  yield STREAM_END;
}

function columnsOf(batch: RowBatch): Column[] {
  const { length, point, ms, value } = batch;
  const plain = (data: Uint8Array): Column => ({ length, nulls: 0, buffers: [NO_NULLS, data] });
  return [
    plain(bytesOf(point.subarray(0, length))),
    plain(bytesOf(int64s(ms.subarray(0, length)))),
    plain(bytesOf(value.subarray(0, length))),
    cursors(length, batch.nextCursor),
  ];
}

function strings(texts: readonly string[]): Column {
  const encoded = texts.map(utf8);
  const offsets = new Int32Array(texts.length + 1);
  for (const [index, { length }] of encoded.entries())
    offsets[index + 1] = (offsets[index] as number) + length;
  const data = new Uint8Array(offsets[texts.length] as number);
  for (const [index, bytes] of encoded.entries()) data.set(bytes, offsets[index]);
  return { length: texts.length, nulls: 0, buffers: [NO_NULLS, bytesOf(offsets), data] };
}

/** `last` in the last row, null in every other; undefined: null in the last row as well. */
function cursors(length: number, last: string | undefined): Column {
  const data = utf8(last ?? "");
  const valid = new Uint8Array(Math.ceil(length / 8));
  if (last !== undefined) valid[(length - 1) >> 3] = 1 << ((length - 1) & 7);
  const offsets = new Int32Array(length + 1);
  offsets[length] = data.length;
  return {
    length,
    nulls: last === undefined ? length : length - 1,
    buffers: [valid, bytesOf(offsets), data],
  };
}

/** Whole milliseconds as 64-bit integers, low half first; faster than through bigints. */
function int64s(ms: Float64Array): Int32Array {
  const halves = new Int32Array(2 * ms.length);
  for (let row = 0; row < ms.length; row++) {
    const at = ms[row] as number;
    const high = Math.floor(at / 2 ** 32);
    halves[2 * row] = at - high * 2 ** 32;
    halves[2 * row + 1] = high;
  }
  return halves;
}

/** The bytes as they are in memory: every machine that runs this is little-endian, as Arrow's bodies are. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
