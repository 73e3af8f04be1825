import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import {
  encodeFooter,
  type FileSpec,
  RowGroupEncoder,
  type RowGroupRows,
} from "../../src/parquet/file/file.ts";
import { CREATED_BY, SCHEMA } from "../../src/parquet/file-format.ts";
import { MERGE_START, mergeSlice } from "../../src/parquet/merge/merge.ts";
import type { BlockSource } from "../../src/parquet/run/run.ts";

export interface Written {
  readonly bytes: Uint8Array;
  /** Of encoding alone: rows were sorted before. */
  readonly cpuSeconds: number;
}

/** A day by our encoder: one page a column and row group, no page index. */
export function writeWhole(spec: FileSpec, blocks: BlockSource, rowGroupSize: number): Written {
  const encoder = new RowGroupEncoder(spec);
  const parts: Uint8Array[] = [];
  const metadata: Uint8Array[] = [];
  let cpuMicros = 0;
  eachRowGroup(blocks, rowGroupSize, (rows) => {
    const before = process.cpuUsage();
    const group = encoder.encode(rows);
    const { user, system } = process.cpuUsage(before);
    cpuMicros += user + system;
    parts.push(group.bytes);
    metadata.push(group.metadata);
  });
  parts.push(encodeFooter(metadata));
  return { bytes: new Uint8Array(Buffer.concat(parts)), cpuSeconds: cpuMicros / 1e6 };
}

/** The rows of a day as hyparquet-writer takes them. */
export interface WriterRows {
  readonly spec: FileSpec;
  readonly ms: BigInt64Array;
  readonly name: readonly string[];
  readonly value: Float64Array;
}

export function writerRows(spec: FileSpec, blocks: BlockSource, samples: number): WriterRows {
  const ms = new BigInt64Array(samples);
  const value = new Float64Array(samples);
  const name: string[] = [];
  eachRowGroup(blocks, 100_000, (rows) => {
    const first = name.length;
    for (let entry = 0; entry < rows.points; entry++) {
      const end = first + (rows.pointEnd[entry] as number);
      while (name.length < end) name.push(spec.names[rows.point[entry] as number] as string);
    }
    for (let row = 0; row < rows.length; row++) {
      ms[first + row] = BigInt(spec.dayStartMs + (rows.ms[row] as number));
      value[first + row] = rows.value[row] as number;
    }
  });
  return { spec, ms: ms.subarray(0, name.length), name, value: value.subarray(0, name.length) };
}

/**
 * A day by hyparquet-writer, whose pages are so many bytes before they are packed (0: one page a row group). Statistics
 * and a column index on name and time alone, and an offset index on the value as well.
 */
export function writePaged(rows: WriterRows, rowGroupSize: number, pageBytes: number): Written {
  const { spec, ms, name, value } = rows;
  const writer = new ByteWriter();
  const before = process.cpuUsage();
  const parquet = new ParquetWriter({
    writer,
    schema: SCHEMA.map((element) => ({ ...element })),
    statisticsTruncateLength: Number.POSITIVE_INFINITY,
    createdBy: CREATED_BY,
  });
  const pruned = { columnIndex: true, offsetIndex: true };
  parquet.write({
    rowGroupSize,
    pageSize: pageBytes,
    columnData: [
      { name: "timestamp", data: ms, encoding: "DELTA_BINARY_PACKED", ...pruned },
      { name: "point_name", data: name as string[], encoding: "RLE_DICTIONARY", ...pruned },
      { name: "value", data: value, statistics: false },
      {
        name: "site_name",
        data: name.map(() => spec.site),
        encoding: "RLE_DICTIONARY",
        statistics: false,
        offsetIndex: false,
      },
    ],
  });
  parquet.finish();
  const { user, system } = process.cpuUsage(before);
  return { bytes: writer.getBytes(), cpuSeconds: (user + system) / 1e6 };
}

function eachRowGroup(blocks: BlockSource, rowGroupSize: number, sink: (rows: RowGroupRows) => void): void {
  let position = MERGE_START;
  while (!position.done) position = mergeSlice(blocks, position, { rowGroupSize }, sink);
}
