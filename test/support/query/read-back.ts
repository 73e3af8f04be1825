/** Answers read back by readers that share no code with the writers. */
import { parquetReadObjects } from "hyparquet";
import { Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import type { FormatName, QueryAnswer, QueryMetadata } from "../../../src/contract/query.ts";
import type { Row } from "./source.ts";

export interface ReadBack {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
  /** Where the format has a place for them. */
  readonly metadata?: QueryMetadata;
}

export const READERS: Readonly<Record<FormatName, (body: Uint8Array) => Promise<ReadBack>>> = {
  async json(body) {
    const { samples, metadata } = JSON.parse(textOf(body)) as QueryAnswer;
    return { rows: samples.map(rowOf), nextCursor: metadata.next_cursor, metadata };
  },

  async ndjson(body) {
    const text = textOf(body);
    if (!text.endsWith("\n")) throw new Error("the last line has no end");
    const lines = text
      .slice(0, -1)
      .split("\n")
      .map((line) => JSON.parse(line));
    const { metadata } = lines.pop() as { metadata: QueryMetadata };
    return { rows: lines.map(rowOf), nextCursor: metadata.next_cursor, metadata };
  },

  async csv(body) {
    const [header, ...records] = recordsOf(textOf(body));
    if (header?.join() !== "point_name,timestamp,value,next_cursor") throw new Error(`header ${header}`);
    const rows = records.map(([point_name = "", timestamp = "", value = ""]) =>
      rowOf({ point_name, timestamp, value: Number(value) }),
    );
    return { rows, nextCursor: onlyInTheLast(records.map((record) => record[3] || null)) };
  },

  /** Arrow's Rust reader, which passes the rows on as Parquet. */
  async arrow(body) {
    const file = writeParquet(
      Table.fromIPCStream(body),
      new WriterPropertiesBuilder().setDictionaryEnabled(false).build(),
    );
    const copy = file.slice().buffer;
    const read = (await parquetReadObjects({
      file: { byteLength: file.length, slice: (start, end) => copy.slice(start, end) },
      parsers: {
        timestampFromMilliseconds: (ms) => Number(ms),
        // hyparquet's own drops U+FEFF at the beginning of a text.
        stringFromBytes: (bytes) => bytes && textOf(bytes),
      },
    })) as { point_name: string; timestamp: number; value: number; next_cursor: string | null }[];
    const rows = read.map(({ point_name, timestamp, value }) => ({
      point: point_name,
      ms: timestamp,
      value,
    }));
    return { rows, nextCursor: onlyInTheLast(read.map(({ next_cursor }) => next_cursor ?? null)) };
  },
};

export async function bytesOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

const textOf = (body: Uint8Array) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);

function rowOf(row: { point_name: string; timestamp: string; value: number | null }): Row {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(row.timestamp)) throw new Error(row.timestamp);
  return { point: row.point_name, ms: Date.parse(row.timestamp), value: row.value ?? Number.NaN };
}

function onlyInTheLast(cursors: readonly (string | null)[]): string | null {
  if (cursors.slice(0, -1).some((cursor) => cursor !== null)) throw new Error("a cursor before the last row");
  return cursors.at(-1) ?? null;
}

/** RFC 4180, strictly: every record ends with CRLF. */
function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      const [raw = ""] = /^(?:"(?:[^"]|"")*"|[^",\r\n]*)/.exec(text.slice(at)) ?? [];
      record.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
      at += raw.length;
      if (text[at] !== ",") break;
      at += 1;
    }
    if (text.slice(at, at + 2) !== "\r\n") throw new Error(`no end of record at ${at}`);
    at += 2;
    records.push(record);
  }
  return records;
}
