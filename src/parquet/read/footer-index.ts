import type { ColumnChunk } from "hyparquet";
import type { EpochMs } from "../../domain/day.ts";
import { compareBytes, concatenate } from "../bytes.ts";
import type { SampleChunks } from "./columns.ts";
import { chunkRanges, parseMetadata } from "./metadata.ts";
import { FileUnreadable } from "./unreadable.ts";

/** Changes with the packed layout: `unpack` rejects bytes of another version. */
const FORMAT = 1;
const HEADER_FIELDS = 2;
/** Rows, first and last millisecond, offset and length of three chunks, the ends of both names. */
const GROUP_FIELDS = 11;

/**
 * The footer index: what a reader of single points needs from a footer (rows, bounds and byte ranges of every row
 * group). It is a view of packed bytes, less than half of the footer's, which can be stored and used without parsing.
 */
export class FooterIndex {
  readonly packed: Uint8Array;
  readonly groups: number;
  readonly #fields: Float64Array;
  readonly #names: Uint8Array;

  private constructor(packed: Uint8Array, groups: number) {
    this.packed = packed;
    this.groups = groups;
    const fields = HEADER_FIELDS + groups * GROUP_FIELDS;
    this.#fields = new Float64Array(packed.buffer, packed.byteOffset, fields);
    this.#names = packed.subarray(fields * 8);
  }

  /** The index whose `packed` the bytes are; undefined where they are not such bytes. */
  static unpack(bytes: Uint8Array): FooterIndex | undefined {
    // Copied, because a Float64Array needs an offset that is a multiple of eight.
    const packed = bytes.slice();
    if (packed.length < HEADER_FIELDS * 8) return undefined;
    const [format, groups = 0] = new Float64Array(packed.buffer, 0, HEADER_FIELDS);
    const fields = HEADER_FIELDS + groups * GROUP_FIELDS;
    if (format !== FORMAT || !Number.isInteger(groups) || fields * 8 > packed.length) return undefined;
    const index = new FooterIndex(packed, groups);
    return index.#nameEnd(groups * 2) === index.#names.length ? index : undefined;
  }

  /** Packs row groups, given in the order of the file. */
  static pack(groups: readonly RowGroupInfo[]): FooterIndex {
    const fields = [FORMAT, groups.length];
    const names: Uint8Array[] = [];
    let nameEnd = 0;
    for (const { rows, firstMs, lastMs, chunks, minName, maxName } of groups) {
      const ranges = [chunks.timestamp, chunks.pointName, chunks.value];
      const numbers = ranges.flatMap(({ offset, length }) => [offset, length]);
      const minEnd = nameEnd + minName.length;
      nameEnd = minEnd + maxName.length;
      fields.push(rows, firstMs, lastMs, ...numbers, minEnd, nameEnd);
      names.push(minName, maxName);
    }
    const packed = concatenate([new Uint8Array(Float64Array.from(fields).buffer), ...names]);
    return new FooterIndex(packed, groups.length);
  }

  /** Memory that the index takes. */
  get bytes(): number {
    return this.packed.length;
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

  /** Where the first `count` names end. The names are minimum and maximum of each row group, alternating. */
  #nameEnd(count: number): number {
    return count === 0 ? 0 : this.#field((count - 1) >> 1, 9 + ((count - 1) & 1));
  }

  #field(group: number, field: number): number {
    return this.#fields[HEADER_FIELDS + group * GROUP_FIELDS + field] as number;
  }
}

export interface RowGroupInfo {
  readonly rows: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly minName: Uint8Array;
  readonly maxName: Uint8Array;
  readonly chunks: SampleChunks;
}

/**
 * Parses a footer. `end` is the last bytes of a file of `size` bytes, from the start of the footer or before it.
 *
 * Throws `FileUnreadable`, also where row groups have no statistics or are not in order of their names: a reader that
 * selects row groups by them would miss rows.
 */
export function indexFooter(end: Uint8Array, size: number): FooterIndex {
  const metadata = parseMetadata(end, size);
  const groups = metadata.groups.map(({ columns, num_rows }) =>
    rowGroupInfo(columns, Number(num_rows), metadata.dataEnd),
  );
  groups.forEach(({ minName, maxName }, index) => {
    const before = groups[index - 1];
    if (compareBytes(minName, maxName) > 0 || (before && compareBytes(before.maxName, minName) > 0)) {
      throw new FileUnreadable(`row group ${index} is not in the order of names`);
    }
  });
  return FooterIndex.pack(groups);
}

function rowGroupInfo(columns: readonly ColumnChunk[], rows: number, dataEnd: number): RowGroupInfo {
  const [time, name] = columns.map((column) => column.meta_data?.statistics);
  const [firstMs, lastMs]: unknown[] = [time?.min_value, time?.max_value];
  const [minName, maxName]: unknown[] = [name?.min_value, name?.max_value];
  if (
    typeof firstMs !== "number" ||
    typeof lastMs !== "number" ||
    !(minName instanceof Uint8Array && maxName instanceof Uint8Array)
  ) {
    throw new FileUnreadable("a row group has no statistics");
  }
  return { rows, firstMs, lastMs, minName, maxName, chunks: chunkRanges(columns, dataEnd) };
}
