import type { UtcDay } from "../../domain/day.ts";
import {
  parseDayRuns,
  parseRollupPeriod,
  periodOf,
  type RollupPeriod,
  resolutionOf,
} from "../../domain/rollup.ts";
import { compareBytes } from "../bytes.ts";
import { type ByteRange, FileUnreadable } from "../read/read.ts";
import { indexBytesOf, readKeyValues } from "./key-values.ts";
import { COLUMNS_OF } from "./rollup-format.ts";
import { decodeIndex } from "./row-group-index.ts";

/** The bytes before the first row group: the opening magic. */
const DATA_OFFSET = 4;

/** What a reader needs of a roll-up to find a point: the days that it describes, and its row groups. */
export class RollupIndex {
  /** The end of the file as it was read, for `unpack`. */
  readonly packed: Uint8Array;
  readonly period: RollupPeriod;
  /** Days that the roll-up describes, and that have rows. */
  readonly days: ReadonlySet<UtcDay>;
  /** Days that the roll-up describes, and that have no rows. */
  readonly emptyDays: ReadonlySet<UtcDay>;
  readonly groups: number;
  /** Rows, and a length for each column. */
  readonly #groupNumbers: number;
  /** Rows and lengths of the chunks of each row group. */
  readonly #numbers: Float64Array;
  readonly #offsets: Float64Array;
  /** First and last name of each row group, in one array. */
  readonly #names: Uint8Array;
  readonly #nameEnds: Uint32Array;

  private constructor(packed: Uint8Array, size: number) {
    const keyValues = readKeyValues(packed);
    const period = parseRollupPeriod(keyValues.get("period") ?? "");
    if (!period || !keyValues.get("format_version")?.startsWith("1.")) {
      throw new FileUnreadable("it is no roll-up of a version that this reader knows");
    }
    this.packed = packed;
    this.period = period;
    this.days = daysOf(keyValues.get("days"), period);
    this.emptyDays = daysOf(keyValues.get("empty_days"), period);

    const resolution = resolutionOf(period);
    const columns = COLUMNS_OF[resolution].length;
    const { groups, numbers, names, nameEnds } = decodeIndex(keyValues.get("row_group_index") ?? "", columns);
    this.groups = groups;
    this.#groupNumbers = 1 + columns;
    this.#numbers = numbers;
    this.#names = names;
    this.#nameEnds = nameEnds;
    this.#offsets = new Float64Array(groups + 1);
    let offset = DATA_OFFSET;
    for (let group = 0; group < groups; group++) {
      const [first, last] = [this.#name(group * 2), this.#name(group * 2 + 1)];
      const order = group === 0 ? -1 : compareBytes(this.#name(group * 2 - 1), first);
      // A point is whole in a row group of hours, but not in one of samples.
      const isAfter = resolution === "raw" ? order <= 0 : order < 0;
      if (compareBytes(first, last) > 0 || !isAfter) {
        throw new FileUnreadable(`row group ${group} is not in the order of names`);
      }
      this.#offsets[group] = offset;
      for (let column = 1; column <= columns; column++) {
        offset += numbers[group * this.#groupNumbers + column] as number;
      }
    }
    this.#offsets[groups] = offset;
    if (offset + packed.length > size) throw new FileUnreadable("its row groups are longer than the file");
  }

  /** Reads the index from the last bytes of a file of `size` bytes, at least `indexBytesOf`. Throws `FileUnreadable`. */
  static read(end: Uint8Array, size: number): RollupIndex {
    const bytes = indexBytesOf(end, size);
    if (bytes > end.length) throw new FileUnreadable(`${bytes} bytes of its end are needed`);
    return new RollupIndex(end.slice(end.length - bytes), size);
  }

  /** The index whose `packed` the bytes are. Throws `FileUnreadable`. */
  static unpack(packed: Uint8Array): RollupIndex {
    return new RollupIndex(packed, Number.POSITIVE_INFINITY);
  }

  /** Memory that the index takes. */
  get bytes(): number {
    return (
      this.packed.byteLength +
      this.#numbers.byteLength +
      this.#offsets.byteLength +
      this.#names.byteLength +
      this.#nameEnds.byteLength
    );
  }

  rows(group: number): number {
    return this.#numbers[group * this.#groupNumbers] as number;
  }

  /** All column chunks of a row group, which follow each other. */
  range(group: number): ByteRange {
    const offset = this.#offsets[group] as number;
    return { offset, length: (this.#offsets[group + 1] as number) - offset };
  }

  /** Where the column chunks of a row group are; `keys`: all columns of the file, in order. */
  chunks<K extends string>(group: number, keys: readonly K[]): Readonly<Record<K, ByteRange>> {
    const at = group * this.#groupNumbers;
    const lengths = this.#numbers.subarray(at + 1, at + this.#groupNumbers);
    return chunksFrom(this.#offsets[group] as number, lengths, keys);
  }

  /** The row groups that can have the name (in UTF-8), which follow each other, by bisection. Of hours at most one. */
  find(name: Uint8Array): number[] {
    let [low, high] = [0, this.groups];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#name(middle * 2 + 1), name) >= 0) high = middle;
      else low = middle + 1;
    }
    const found: number[] = [];
    for (; low < this.groups && compareBytes(this.#name(low * 2), name) <= 0; low++) found.push(low);
    return found;
  }

  #name(index: number): Uint8Array {
    return this.#names.subarray(index === 0 ? 0 : this.#nameEnds[index - 1], this.#nameEnds[index]);
  }
}

/** The column chunks of a row group that begins at `offset`, by their lengths: they follow each other. */
export function chunksFrom<K extends string>(
  offset: number,
  lengths: ArrayLike<number>,
  keys: readonly K[],
): Readonly<Record<K, ByteRange>> {
  let end = offset;
  const ranges = keys.map((key, column) => {
    const length = lengths[column] as number;
    end += length;
    return [key, { offset: end - length, length }];
  });
  return Object.fromEntries(ranges) as Record<K, ByteRange>;
}

function daysOf(text: string | undefined, period: RollupPeriod): ReadonlySet<UtcDay> {
  const days = parseDayRuns(text ?? "?");
  if (!days?.every((day) => periodOf(day, resolutionOf(period)) === period)) {
    throw new FileUnreadable("its days are not days of its period");
  }
  return new Set(days);
}
