import type { AsyncBuffer } from "hyparquet";
import { BUCKET_FIELDS, type BucketField, type BucketSeries } from "../../domain/buckets.ts";
import { compareBytes } from "../bytes.ts";
import {
  type ByteRange,
  type ColumnDecoder,
  decodeChunk,
  decoderOf,
  FileUnreadable,
  type GroupBytes,
} from "../read/read.ts";
import { HOUR_COLUMNS, HOUR_KEYS, type HourColumn, type RollupPoint } from "./rollup-format.ts";
import { blockGroup, groupsOfRollup } from "./rollup-groups.ts";

/** A row group of hours of which at least the needed column chunks are in memory. */
export type HourGroup = GroupBytes<Readonly<Record<HourColumn, ByteRange>>>;

// A name may begin with U+FEFF, which is then a part of the name, not a byte order mark.
const TEXT = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

const DECODERS = Object.fromEntries(
  HOUR_KEYS.map((key, column) => [key, decoderOf(HOUR_COLUMNS[column] as (typeof HOUR_COLUMNS)[number])]),
) as Readonly<Record<HourColumn, ColumnDecoder>>;

const NO_NUMBERS = new Float64Array();

/**
 * Decodes the rows of each name (in UTF-8), in the order of `names`; a series is empty where the row group does not have
 * the name. Only `fields` are decoded, the other columns stay empty. Throws `FileUnreadable`.
 */
export function decodeRollupGroup(
  group: HourGroup,
  names: readonly Uint8Array[],
  fields: readonly BucketField[] = BUCKET_FIELDS,
): BucketSeries[] {
  const runs = [...pointRuns(group)];
  const seriesOf = seriesReader(group, fields);
  return names.map((name) => {
    const run = runs.find((each) => compareBytes(each.name, name) === 0);
    return seriesOf(run?.from ?? 0, run?.to ?? 0);
  });
}

/** Decodes a row group of hours that was encoded at offset 0, from its bytes and metadata. */
export function decodeRollupBlock(bytes: Uint8Array, metadata: Uint8Array): RollupPoint[] {
  return pointsOf(blockGroup(bytes, metadata, HOUR_KEYS));
}

/** All points of a file of hours, in order. Memory: as `groupsOfRollup`. Throws `FileUnreadable`. */
export async function* rollupPoints(file: AsyncBuffer): AsyncGenerator<RollupPoint> {
  for await (const group of groupsOfRollup(file, HOUR_KEYS)) yield* pointsOf(group);
}

function pointsOf(group: HourGroup): RollupPoint[] {
  const seriesOf = seriesReader(group, BUCKET_FIELDS);
  return [...pointRuns(group)].map(({ name, from, to }) => ({
    name: TEXT.decode(name),
    hours: seriesOf(from, to),
  }));
}

/** The rows of each point, in order. */
function* pointRuns(group: HourGroup): Generator<{ name: Uint8Array; from: number; to: number }> {
  const names = decoded(group, "pointName");
  for (let row = 0; row < group.rows; ) {
    const name = names[row];
    if (!(name instanceof Uint8Array)) throw new FileUnreadable("a point name is of another type");
    const from = row;
    // Rows of a page share one array for a repeated name.
    while (row < group.rows && names[row] === name) row++;
    yield { name, from, to: row };
  }
}

/** Reads rows [from, to) of the columns, each of which is decoded once. */
function seriesReader(group: HourGroup, fields: readonly BucketField[]) {
  const columns = new Map<HourColumn, ArrayLike<unknown>>();
  const numbers = (column: HourColumn, from: number, to: number) => {
    if (from === to) return NO_NUMBERS;
    const values = columns.get(column) ?? decoded(group, column);
    columns.set(column, values);
    const part = values instanceof Float64Array ? values.slice(from, to) : numbersOf(values, from, to);
    for (let row = 0; row < part.length; row++) {
      if (Number.isNaN(part[row])) throw new FileUnreadable(`row ${from + row} has no number in ${column}`);
    }
    return part;
  };
  return (from: number, to: number): BucketSeries => {
    const own = (field: BucketField) => (fields.includes(field) ? numbers(field, from, to) : NO_NUMBERS);
    return {
      ms: numbers("timestamp", from, to),
      count: own("count"),
      sum: own("sum"),
      min: own("min"),
      max: own("max"),
      first: own("first"),
      last: own("last"),
    };
  };
}

/** Of numbers, or of bigints; what is neither is not a number. */
function numbersOf(values: ArrayLike<unknown>, from: number, to: number): Float64Array {
  const part = new Float64Array(to - from);
  for (let row = from; row < to; row++) part[row - from] = Number(values[row] ?? Number.NaN);
  return part;
}

function decoded({ rows, chunks, bytesAt }: HourGroup, column: HourColumn): ArrayLike<unknown> {
  const { offset, length } = chunks[column];
  return decodeChunk(bytesAt(offset, length), rows, DECODERS[column]);
}
