import {
  ConvertedTypes,
  Encodings,
  FieldRepetitionTypes,
  PageTypes,
  ParquetTypes,
} from "hyparquet/src/constants.js";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { logicalType } from "hyparquet-writer/src/metadata.js";
import { serializeTCompactProtocol } from "hyparquet-writer/src/thrift.js";
import { CREATED_BY, type FileSchema, MAGIC } from "../file-format.ts";
import type { ChunkMetadata } from "./column-chunk.ts";

/**
 * The footer: Parquet's `FileMetaData` in Thrift's compact protocol, with the field numbers of parquet.thrift. Its
 * bytes equal those of hyparquet-writer, which keeps all row groups as objects until the end. Here each row group is
 * serialized when it is full, so that it can be stored, and the footer is a frame around those bytes.
 */

const SNAPPY = 1;

type Column = FileSchema["columns"][number];

/** Bytes of the number of rows, which the metadata of a row group begin with: the footer has the sum of them. */
const ROWS_BYTES = 4;

/** The metadata of one row group, with a chunk for each column: its number of rows, and its entry in the footer. */
export function rowGroupMetadata(
  chunks: readonly ChunkMetadata[],
  rows: number,
  columns: FileSchema["columns"],
): Uint8Array {
  const sum = (bytes: (chunk: ChunkMetadata) => number) =>
    BigInt(chunks.reduce((total, chunk) => total + bytes(chunk), 0));
  const writer = new ByteWriter();
  writer.appendUint32(rows);
  serializeTCompactProtocol(writer, {
    field_1: chunks.map((chunk, column) => columnChunk(chunk, columns[column] as Column, rows)),
    field_2: sum((chunk) => chunk.uncompressedBytes),
    field_3: BigInt(rows),
    field_6: sum((chunk) => chunk.compressedBytes),
  });
  return writer.getBytes().slice();
}

function columnChunk(chunk: ChunkMetadata, { name, type }: Column, rows: number) {
  const pages = Encodings.indexOf(chunk.encoding);
  const plain = Encodings.indexOf("PLAIN");
  const hasDictionary = chunk.dataOffset > chunk.offset;
  const dataPages = { field_1: PageTypes.indexOf("DATA_PAGE_V2"), field_2: pages, field_3: 1 };
  const dictionaryPages = { field_1: PageTypes.indexOf("DICTIONARY_PAGE"), field_2: plain, field_3: 1 };
  return {
    field_2: BigInt(chunk.offset),
    field_3: {
      field_1: ParquetTypes.indexOf(type),
      field_2: hasDictionary ? [plain, pages] : [pages],
      field_3: [name],
      field_4: SNAPPY,
      field_5: BigInt(rows),
      field_6: BigInt(chunk.uncompressedBytes),
      field_7: BigInt(chunk.compressedBytes),
      field_9: BigInt(chunk.dataOffset),
      field_11: hasDictionary ? BigInt(chunk.offset) : undefined,
      field_12: {
        field_3: 0n, // nulls
        field_5: chunk.max,
        field_6: chunk.min,
        field_9: type === "DOUBLE" ? 0n : undefined, // NaNs
      },
      field_13: hasDictionary ? [dictionaryPages, dataPages] : [dataPages],
    },
  };
}

/**
 * Encodes the end of a file from the metadata of its row groups, in order: footer, its length, and the closing magic.
 * Without row groups it is a whole file. Memory: the footer, some 450 bytes a row group.
 */
export function encodeFileFooter(
  metadata: Iterable<Uint8Array>,
  { columns, keyValues }: FileSchema,
): Uint8Array {
  const rowGroups = [...metadata];
  const rows = rowGroups.reduce(
    (sum, group) => sum + new DataView(group.buffer, group.byteOffset).getUint32(0, true),
    0,
  );
  const writer = new ByteWriter(rowGroups.reduce((bytes, group) => bytes + group.length, 1024));
  if (rowGroups.length === 0) writer.appendUint32(MAGIC);
  const start = writer.offset;
  serializeTCompactProtocol(writer, {
    field_1: 2,
    field_2: [{ field_4: "root", field_5: columns.length }, ...columns.map(schemaElement)],
    field_3: BigInt(rows),
  });
  // The struct continues: remove its end marker and append field 4, a list of structs whose bytes are given.
  writer.index--;
  writer.offset--;
  writer.appendUint8(0x19);
  if (rowGroups.length < 15) writer.appendUint8((rowGroups.length << 4) | 0x0c);
  else {
    writer.appendUint8(0xfc);
    writer.appendVarInt(rowGroups.length);
  }
  for (const group of rowGroups) writer.appendBytes(group.subarray(ROWS_BYTES));

  const rest = new ByteWriter();
  serializeTCompactProtocol(rest, {
    field_5: keyValues.map(({ key, value }) => ({ field_1: key, field_2: value })),
    field_6: CREATED_BY,
    field_7: columns.map(() => ({ field_1: {} })),
  });
  // A field's header has its distance from the previous field: 1, because field 5 follows field 4.
  rest.view.setUint8(0, 0x19);
  writer.appendBytes(rest.getBytes());

  writer.appendUint32(writer.offset - start);
  writer.appendUint32(MAGIC);
  return writer.getBytes().slice();
}

function schemaElement({ name, type, repetition_type, converted_type, logical_type }: Column) {
  return {
    field_1: ParquetTypes.indexOf(type),
    field_3: FieldRepetitionTypes.indexOf(repetition_type),
    field_4: name,
    field_6: converted_type && ConvertedTypes.indexOf(converted_type),
    field_10: logicalType(logical_type),
  };
}
