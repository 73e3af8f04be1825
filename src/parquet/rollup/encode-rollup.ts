import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { BUCKET_FIELDS, type BucketField } from "../../domain/buckets.ts";
import { resolutionOf } from "../../domain/rollup.ts";
import { joinSeries, type NamedSeries } from "../../domain/series.ts";
import { concatenate } from "../bytes.ts";
import {
  type ChunkPages,
  deltaPages,
  encodeFileFooter,
  namePages,
  rowGroupMetadata,
  timestampPages,
  valuePages,
  writeChunk,
} from "../file/file.ts";
import { COLUMNS, type ColumnSchema, MAGIC } from "../file-format.ts";
import { stampIndexBytes } from "./key-values.ts";
import { numberPages } from "./number-pages.ts";
import {
  COLUMNS_OF,
  HOUR_COLUMNS,
  type RollupPoint,
  type RollupSpec,
  rollupKeyValues,
} from "./rollup-format.ts";
import { decodeIndex, encodeIndex, type IndexedGroup } from "./row-group-index.ts";

const UTF8 = new TextEncoder();

/** A row group: the next bytes of the file, and what the footer needs to know of it. */
export interface EncodedRollupGroup {
  readonly bytes: Uint8Array;
  /** Input of `encodeRollupFooter` and `decodeRollupBlock`, opaque; some 1,000 bytes with names of 60 characters. */
  readonly metadata: Uint8Array;
}

/**
 * Encodes points as the row group that begins at `fileOffset` (0: the first, which begins the file). There is at least one
 * point, each has at least one row, and they ascend by name in UTF-8 bytes.
 */
export function encodeRollupGroup(
  { site }: Pick<RollupSpec, "site">,
  points: readonly RollupPoint[],
  fileOffset: number,
): EncodedRollupGroup {
  const rows = points.reduce((sum, { hours }) => sum + hours.ms.length, 0);
  const names = points.map(({ name }) => UTF8.encode(name));
  const column = (field: "ms" | BucketField) => joined(points, field, rows);
  const pages = [
    deltaPages(bigints(column("ms"))),
    namePages(names, pointIndexes(points.map(({ hours }) => hours))),
    ...BUCKET_FIELDS.map((field) =>
      field === "count" ? deltaPages(bigints(column(field))) : numberPages(column(field)),
    ),
    namePages([UTF8.encode(site)], new Int32Array(rows)),
  ];
  return encodeGroup({ pages, columns: HOUR_COLUMNS, rows, names, fileOffset });
}

/** The largest number of 32 bits: times count from as long after the first, so that 49 days of them have 32 bits. */
const BASE_MS = 2 ** 31 - 1;

/**
 * Encodes samples of points as the row group that begins at `fileOffset`. Each point has at least one, ascending by millisecond;
 * the points ascend by name in UTF-8 bytes. All samples are within 49 days.
 */
export function encodeSampleGroup(
  { site }: Pick<RollupSpec, "site">,
  points: readonly NamedSeries[],
  fileOffset: number,
): EncodedRollupGroup {
  const { ms, value } = joinSeries(points);
  const baseMs = Math.min(...points.map((point) => point.ms[0] as number)) + BASE_MS;
  const times = new Int32Array(ms.length);
  for (let row = 0; row < times.length; row++) times[row] = (ms[row] as number) - baseMs;
  const names = points.map(({ name }) => UTF8.encode(name));
  const pages = [
    timestampPages(times, baseMs),
    namePages(names, pointIndexes(points)),
    valuePages(value),
    namePages([UTF8.encode(site)], new Int32Array(ms.length)),
  ];
  return encodeGroup({ pages, columns: COLUMNS, rows: ms.length, names, fileOffset });
}

/** What a row group is made of: the pages of its columns, and the names of its points in UTF-8, in order. */
interface GroupContent {
  readonly pages: readonly ChunkPages[];
  readonly columns: readonly ColumnSchema[];
  readonly rows: number;
  readonly names: readonly Uint8Array[];
  readonly fileOffset: number;
}

function encodeGroup({ pages, columns, rows, names, fileOffset }: GroupContent): EncodedRollupGroup {
  const writer = new ByteWriter(rows * 3 * columns.length + 1024);
  writer.offset = fileOffset;
  if (fileOffset === 0) writer.appendUint32(MAGIC);
  const chunks = pages.map((each) => writeChunk(writer, each, rows));
  const lengths = chunks.map(({ compressedBytes }) => compressedBytes);
  const [firstName, lastName] = [names[0] as Uint8Array, names.at(-1) as Uint8Array];
  const entry = UTF8.encode(encodeIndex([{ rows, lengths, firstName, lastName }]));
  const length = new Uint8Array(Uint32Array.of(entry.length).buffer);
  return {
    bytes: writer.getBytes().slice(),
    metadata: concatenate([length, entry, rowGroupMetadata(chunks, rows, columns)]),
  };
}

/**
 * Encodes the end of a file from the metadata of its row groups, in order. Without row groups it is a whole file. Memory:
 * the footer, some 800 bytes a row group.
 */
export function encodeRollupFooter(metadata: Iterable<Uint8Array>, spec: RollupSpec): Uint8Array {
  const columns = COLUMNS_OF[resolutionOf(spec.period)];
  const groups = [...metadata].map((each) => parts(each, columns.length));
  const keyValues = rollupKeyValues(spec, encodeIndex(groups.map(({ indexed }) => indexed)));
  const rowGroups = groups.map(({ rowGroup }) => rowGroup);
  const end = encodeFileFooter(rowGroups, { columns, keyValues });
  stampIndexBytes(end);
  return end;
}

/** The index entry of a row group with so many columns, from its metadata. */
export function indexedGroupOf(metadata: Uint8Array, columns: number): IndexedGroup {
  return parts(metadata, columns).indexed;
}

function parts(metadata: Uint8Array, columns: number): { indexed: IndexedGroup; rowGroup: Uint8Array } {
  const end = 4 + new DataView(metadata.buffer, metadata.byteOffset).getUint32(0, true);
  const { groups, numbers, names, nameEnds } = decodeIndex(
    new TextDecoder().decode(metadata.subarray(4, end)),
    columns,
  );
  if (groups !== 1) throw new Error("the metadata of a row group has no index entry");
  const [rows = 0, ...lengths] = numbers;
  const firstName = names.subarray(0, nameEnds[0]);
  const indexed = { rows, lengths, firstName, lastName: names.subarray(nameEnds[0]) };
  return { indexed, rowGroup: metadata.subarray(end) };
}

function joined(points: readonly RollupPoint[], field: "ms" | BucketField, rows: number): Float64Array {
  const column = new Float64Array(rows);
  let at = 0;
  for (const { hours } of points) {
    column.set(hours[field], at);
    at += hours[field].length;
  }
  return column;
}

/** For each row the index of its point. */
function pointIndexes(points: readonly { readonly ms: Float64Array }[]): Int32Array {
  const indexes = new Int32Array(points.reduce((sum, { ms }) => sum + ms.length, 0));
  let at = 0;
  for (const [index, { ms }] of points.entries()) {
    indexes.fill(index, at, at + ms.length);
    at += ms.length;
  }
  return indexes;
}

function bigints(numbers: Float64Array): BigInt64Array {
  const column = new BigInt64Array(numbers.length);
  for (let row = 0; row < column.length; row++) column[row] = BigInt(numbers[row] as number);
  return column;
}
