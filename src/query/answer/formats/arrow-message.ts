/** Arrow's IPC messages (https://arrow.apache.org/docs/format/Columnar.html, Schema.fbs, Message.fbs). */
import { type Child, child, flatbuffer, i16, i32, i64, string, table, u8 } from "./flatbuffer.ts";

const METADATA_V5 = 4;
const HEADER = { schema: 1, dictionary: 2, record: 3 } as const;
const TYPE = { int: 2, float: 3, utf8: 5, timestamp: 10 } as const;
const DOUBLE = 2;
const MILLISECOND = 1;
/** Of the only dictionary, the names of the points. */
const DICTIONARY_ID = 0;

/** One column of a batch: its rows, how many of them are null, and its buffers in Arrow's order. */
export interface Column {
  readonly length: number;
  readonly nulls: number;
  readonly buffers: readonly Uint8Array[];
}

/** Follows the last message. */
export const STREAM_END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** point_name (dictionary), timestamp (ms, UTC), value (double), next_cursor (utf8, may be null). */
export function schemaMessage(): Uint8Array {
  const int16 = table(i32(16), u8(1));
  const names = table(i64(DICTIONARY_ID), child(int16));
  const timestamp = table(i16(MILLISECOND), child(string("UTC")));
  const fields: Child = {
    kind: "tables",
    tables: [
      field("point_name", false, TYPE.utf8, table(), names),
      field("timestamp", false, TYPE.timestamp, timestamp),
      field("value", false, TYPE.float, table(i16(DOUBLE))),
      field("next_cursor", true, TYPE.utf8, table()),
    ],
  };
  return message(HEADER.schema, table(undefined, child(fields)), []);
}

/** The names to which the indexes of point_name refer. */
export function dictionaryMessage(names: Column): Uint8Array {
  const header = table(i64(DICTIONARY_ID), child(recordBatch([names])));
  return message(HEADER.dictionary, header, names.buffers);
}

export function recordMessage(columns: readonly Column[]): Uint8Array {
  return message(
    HEADER.record,
    recordBatch(columns),
    columns.flatMap(({ buffers }) => buffers),
  );
}

function field(name: string, nullable: boolean, type: number, details: Child, dictionary?: Child): Child {
  return table(
    child(string(name)),
    u8(nullable ? 1 : 0),
    u8(type),
    child(details),
    dictionary && child(dictionary),
    // Some readers require children, even of a type that has none.
    child({ kind: "tables", tables: [] }),
  );
}

function recordBatch(columns: readonly Column[]): Child {
  let offset = 0;
  const buffers = columns
    .flatMap((column) => column.buffers)
    .map(({ length }): [number, number] => {
      const at = offset;
      offset += padded(length);
      return [at, length];
    });
  return table(
    i64(columns[0]?.length ?? 0),
    child({ kind: "pairs", pairs: columns.map(({ length, nulls }) => [length, nulls]) }),
    child({ kind: "pairs", pairs: buffers }),
  );
}

/** Continuation, length of the header, header, body; all parts end at multiples of 8 bytes. */
function message(kind: number, header: Child, buffers: readonly Uint8Array[]): Uint8Array {
  const bodyBytes = buffers.reduce((bytes, { length }) => bytes + padded(length), 0);
  const head = flatbuffer(table(i16(METADATA_V5), u8(kind), child(header), i64(bodyBytes)));
  const bytes = new Uint8Array(8 + head.length + bodyBytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, head.length, true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const buffer of buffers) {
    bytes.set(buffer, at);
    at += padded(buffer.length);
  }
  return bytes;
}

const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;
