/** Answers read back by readers that share no code with the writers. */
import { parquetReadObjects } from "hyparquet";
import { Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm";
import type { FormatName, QueryMetadata, TimeForm } from "../../../src/contract/query.ts";
import { fileBuffer } from "../parquet/file-buffer.ts";
import type { Row } from "./source.ts";

export interface ReadBack {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
  /** Where the format has a place for them. */
  readonly metadata?: QueryMetadata;
}

/** With `time` ms, only numbers are read as timestamps of the formats of text. */
type Reader = (body: Uint8Array, time?: TimeForm) => Promise<ReadBack>;

export const READERS: Readonly<Record<FormatName, Reader>> = {
  async json(body, time) {
    const { samples, metadata } = JSON.parse(textOf(body)) as { samples: TextRow[]; metadata: QueryMetadata };
    return { rows: samples.map(rowIn(time)), nextCursor: metadata.next_cursor, metadata };
  },

  async ndjson(body, time) {
    const text = textOf(body);
    if (!text.endsWith("\n")) throw new Error("the last line has no end");
    const lines = text
      .slice(0, -1)
      .split("\n")
      .map((line) => JSON.parse(line));
    const { metadata } = lines.pop() as { metadata: QueryMetadata };
    return { rows: lines.map(rowIn(time)), nextCursor: metadata.next_cursor, metadata };
  },

  async csv(body, time) {
    const [header, ...records] = recordsOf(textOf(body));
    if (header?.join() !== "point_name,timestamp,value,next_cursor") throw new Error(`header ${header}`);
    const rows = records.map(([point_name = "", timestamp = "", value = ""]) =>
      // CSV has no types: digits alone are a number.
      rowIn(time)({
        point_name,
        timestamp: /^\d+$/.test(timestamp) ? Number(timestamp) : timestamp,
        value: Number(value),
      }),
    );
    return { rows, nextCursor: onlyInTheLast(records.map((record) => record[3] || null)) };
  },

  /** Arrow's Rust reader, which passes the rows on as Parquet. */
  async arrow(body) {
    const file = writeParquet(
      Table.fromIPCStream(body),
      new WriterPropertiesBuilder().setDictionaryEnabled(false).build(),
    );
    const read = (await parquetReadObjects({
      file: fileBuffer(file),
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

interface TextRow {
  readonly point_name: string;
  readonly timestamp: string | number;
  readonly value: number | null;
}

const rowIn =
  (time: TimeForm = "iso") =>
  ({ point_name, timestamp, value }: TextRow): Row => ({
    point: point_name,
    ms: time === "ms" ? wholeMs(timestamp) : isoMs(timestamp),
    value: value ?? Number.NaN,
  });

function wholeMs(timestamp: string | number): number {
  if (!Number.isInteger(timestamp)) throw new Error(`no milliseconds: ${timestamp}`);
  return timestamp as number;
}

function isoMs(timestamp: string | number): number {
  const text = String(timestamp);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) throw new Error(text);
  return Date.parse(text);
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
