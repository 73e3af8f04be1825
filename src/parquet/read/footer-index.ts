import { type ColumnChunk, parquetMetadata } from "hyparquet";
import type { EpochMs } from "../../domain/day.ts";
import { compareBytes } from "../byte-order.ts";
import { checkSchema } from "./check-schema.ts";
import { FileUnreadable } from "./file-unreadable.ts";

/** Bytes [offset, offset + length) of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The columns of which a point's samples are made; `site_name` is known and never read. */
export interface SampleChunks {
  readonly timestamp: ByteRange;
  readonly pointName: ByteRange;
  readonly value: ByteRange;
}

/** Of another layout than this, packed bytes are not read. */
const FORMAT = 1;
const HEAD_FIELDS = 2;
/** rows, first and last millisecond, three chunks of two, the ends of both names. */
const GROUP_FIELDS = 11;

/**
 * What a reader of single points needs of a footer: rows, bounds and places of every row group. It is a view of its
 * own packed bytes, less than half of the footer's, so that it is stored and read back without being parsed again.
 */
export class FooterIndex {
  readonly packed: Uint8Array;
  readonly groups: number;
  readonly #fields: Float64Array;
  readonly #names: Uint8Array;

  private constructor(packed: Uint8Array, groups: number) {
    this.packed = packed;
    this.groups = groups;
    const fields = HEAD_FIELDS + groups * GROUP_FIELDS;
    this.#fields = new Float64Array(packed.buffer, packed.byteOffset, fields);
    this.#names = packed.subarray(fields * 8);
  }

  /** The index in bytes that were some index's `packed`; undefined where they can't have been. */
  static unpack(bytes: Uint8Array): FooterIndex | undefined {
    // Doubles stand at multiples of eight.
    const packed = bytes.slice();
    if (packed.length < HEAD_FIELDS * 8) return undefined;
    const [format, groups = 0] = new Float64Array(packed.buffer, 0, HEAD_FIELDS);
    const fields = HEAD_FIELDS + groups * GROUP_FIELDS;
    if (format !== FORMAT || !Number.isInteger(groups) || fields * 8 > packed.length) return undefined;
    const index = new FooterIndex(packed, groups);
    return index.#nameEnd(groups * 2) === index.#names.length ? index : undefined;
  }

  /** Of row groups in the order of the file. */
  static pack(groups: readonly RowGroupFacts[]): FooterIndex {
    const names = groups.flatMap(({ minName, maxName }) => [minName, maxName]);
    const fields = HEAD_FIELDS + groups.length * GROUP_FIELDS;
    const packed = new Uint8Array(fields * 8 + names.reduce((bytes, name) => bytes + name.length, 0));
    const numbers = new Float64Array(packed.buffer, 0, fields);
    numbers.set([FORMAT, groups.length]);
    let nameEnd = 0;
    groups.forEach((group, at) => {
      const { timestamp, pointName, value } = group.chunks;
      const chunks = [timestamp, pointName, value].flatMap(({ offset, length }) => [offset, length]);
      const ends = [group.minName, group.maxName].map((name) => {
        packed.set(name, fields * 8 + nameEnd);
        nameEnd += name.length;
        return nameEnd;
      });
      numbers.set(
        [group.rows, group.firstMs, group.lastMs, ...chunks, ...ends],
        HEAD_FIELDS + at * GROUP_FIELDS,
      );
    });
    return new FooterIndex(packed, groups.length);
  }

  rows(group: number): number {
    return this.#field(group, 0);
  }

  firstMs(group: number): EpochMs {
    return this.#field(group, 1);
  }

  lastMs(group: number): EpochMs {
    return this.#field(group, 2);
  }

  chunks(group: number): SampleChunks {
    const range = (field: number) => ({
      offset: this.#field(group, field),
      length: this.#field(group, field + 1),
    });
    return { timestamp: range(3), pointName: range(5), value: range(7) };
  }

  minName(group: number): Uint8Array {
    return this.#names.subarray(this.#nameEnd(group * 2), this.#nameEnd(group * 2 + 1));
  }

  maxName(group: number): Uint8Array {
    return this.#names.subarray(this.#nameEnd(group * 2 + 1), this.#nameEnd(group * 2 + 2));
  }

  /** Where the first `count` of all names end, least and greatest of each row group in turns. */
  #nameEnd(count: number): number {
    return count === 0 ? 0 : this.#field((count - 1) >> 1, 9 + ((count - 1) & 1));
  }

  #field(group: number, field: number): number {
    return this.#fields[HEAD_FIELDS + group * GROUP_FIELDS + field] as number;
  }
}

export interface RowGroupFacts {
  readonly rows: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly minName: Uint8Array;
  readonly maxName: Uint8Array;
  readonly chunks: SampleChunks;
}

/**
 * Reads a footer. `end` holds at least the footer and what follows it, to the end of a file of `size` bytes.
 *
 * Throws `FileUnreadable`, also where row groups have no statistics or do not stand in order of their names: a
 * reader that goes by them would leave out rows.
 */
export function indexFooter(end: Uint8Array, size: number): FooterIndex {
  try {
    return index(end, size);
  } catch (cause) {
    if (cause instanceof FileUnreadable) throw cause;
    throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function index(end: Uint8Array, size: number): FooterIndex {
  const metadata = parquetMetadata(end, {
    geoparquet: false,
    // Names stay bytes: decoding would take a mark at their beginning for one of byte order.
    parsers: { timestampFromMilliseconds: (ms: bigint) => Number(ms), stringFromBytes: (bytes) => bytes },
  });
  checkSchema(metadata);
  const dataEnd = size - 8 - metadata.metadata_length;
  const groups = metadata.row_groups.map(({ columns, num_rows }) =>
    factsOf(columns, Number(num_rows), dataEnd),
  );
  groups.forEach(({ minName, maxName }, at) => {
    const before = groups[at - 1];
    if (compareBytes(minName, maxName) > 0 || (before && compareBytes(before.maxName, minName) > 0)) {
      throw new FileUnreadable(`row group ${at} is out of the order of names`);
    }
  });
  return FooterIndex.pack(groups);
}

function factsOf(columns: readonly ColumnChunk[], rows: number, dataEnd: number): RowGroupFacts {
  const [timestamp, pointName, value] = columns;
  const time = timestamp?.meta_data?.statistics;
  const name = pointName?.meta_data?.statistics;
  const [firstMs, lastMs]: unknown[] = [time?.min_value, time?.max_value];
  const [minName, maxName]: unknown[] = [name?.min_value, name?.max_value];
  if (
    typeof firstMs !== "number" ||
    typeof lastMs !== "number" ||
    !(minName instanceof Uint8Array && maxName instanceof Uint8Array)
  ) {
    throw new FileUnreadable("a row group does not say what it holds");
  }
  const chunks = {
    timestamp: rangeOf(timestamp, dataEnd),
    pointName: rangeOf(pointName, dataEnd),
    value: rangeOf(value, dataEnd),
  };
  return { rows, firstMs, lastMs, minName, maxName, chunks };
}

function rangeOf(chunk: ColumnChunk | undefined, dataEnd: number): ByteRange {
  const facts = chunk?.meta_data;
  if (facts?.codec !== "SNAPPY") throw new FileUnreadable("a column is not in Snappy");
  const offset = Number(facts.dictionary_page_offset || facts.data_page_offset);
  const length = Number(facts.total_compressed_size);
  if (!(offset >= 4 && length > 0 && offset + length <= dataEnd)) {
    throw new FileUnreadable(`a column at ${offset} of ${length} bytes lies outside`);
  }
  return { offset, length };
}
