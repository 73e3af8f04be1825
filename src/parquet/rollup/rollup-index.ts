import type { UtcDay } from "../../domain/day.ts";
import { parseDayRuns, parseRollupPeriod, periodOf, type RollupPeriod } from "../../domain/rollup.ts";
import { compareBytes } from "../bytes.ts";
import { type ByteRange, FileUnreadable } from "../read/read.ts";
import { indexBytesOf, readKeyValues } from "./key-values.ts";
import { COLUMN_KEYS, type RollupColumn } from "./rollup-format.ts";
import { decodeIndex } from "./row-group-index.ts";

export type RollupChunks = Readonly<Record<RollupColumn, ByteRange>>;

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
  /** Rows and lengths of the chunks of each row group. */
  readonly #numbers: Uint32Array;
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

    const groups = decodeIndex(keyValues.get("row_group_index") ?? "");
    this.groups = groups.length;
    this.#numbers = new Uint32Array(groups.length * FIELDS);
    this.#offsets = new Float64Array(groups.length + 1);
    this.#nameEnds = new Uint32Array(groups.length * 2);
    this.#names = new Uint8Array(
      groups.reduce((bytes, { firstName, lastName }) => bytes + firstName.length + lastName.length, 0),
    );
    let [offset, nameEnd] = [DATA_OFFSET, 0];
    let before: Uint8Array | undefined;
    for (const [group, { rows, lengths, firstName, lastName }] of groups.entries()) {
      if (compareBytes(firstName, lastName) > 0 || (before && compareBytes(before, firstName) >= 0)) {
        throw new FileUnreadable(`row group ${group} is not in the order of names`);
      }
      before = lastName;
      this.#numbers.set([rows, ...lengths], group * FIELDS);
      this.#offsets[group] = offset;
      offset += lengths.reduce((sum, length) => sum + length, 0);
      for (const [at, name] of [firstName, lastName].entries()) {
        this.#names.set(name, nameEnd);
        nameEnd += name.length;
        this.#nameEnds[group * 2 + at] = nameEnd;
      }
    }
    this.#offsets[groups.length] = offset;
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
    return this.#numbers[group * FIELDS] as number;
  }

  /** All column chunks of a row group, which follow each other. */
  range(group: number): ByteRange {
    const offset = this.#offsets[group] as number;
    return { offset, length: (this.#offsets[group + 1] as number) - offset };
  }

  chunks(group: number): RollupChunks {
    let offset = this.#offsets[group] as number;
    const ranges = COLUMN_KEYS.map((key, column) => {
      const length = this.#numbers[group * FIELDS + 1 + column] as number;
      offset += length;
      return [key, { offset: offset - length, length }];
    });
    return Object.fromEntries(ranges) as RollupChunks;
  }

  /** The only row group that can have the name (in UTF-8), by bisection; undefined: the roll-up does not have it. */
  find(name: Uint8Array): number | undefined {
    let [low, high] = [0, this.groups];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareBytes(this.#name(middle * 2 + 1), name) >= 0) high = middle;
      else low = middle + 1;
    }
    return low < this.groups && compareBytes(this.#name(low * 2), name) <= 0 ? low : undefined;
  }

  #name(index: number): Uint8Array {
    return this.#names.subarray(index === 0 ? 0 : this.#nameEnds[index - 1], this.#nameEnds[index]);
  }
}

const FIELDS = 1 + COLUMN_KEYS.length;

function daysOf(text: string | undefined, period: RollupPeriod): ReadonlySet<UtcDay> {
  const days = parseDayRuns(text ?? "?");
  if (!days?.every((day) => periodOf(day) === period)) {
    throw new FileUnreadable("its days are not days of its period");
  }
  return new Set(days);
}
