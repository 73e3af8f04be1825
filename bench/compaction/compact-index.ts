import { compareBytes } from "../../src/parquet/bytes.ts";
import type { SampleChunks } from "../../src/parquet/read/read.ts";
import { FileUnreadable, type FooterIndex } from "../../src/parquet/read/read.ts";

/** A row group of a month: its rows, the name that it begins with, and where its three chunks are. */
export interface CompactGroup {
  readonly rows: number;
  readonly firstName: Uint8Array;
  readonly chunks: SampleChunks;
}

/**
 * The row groups of a file in which a point is whole in one row group, in some 20 bytes each: numbers as varints, chunks
 * by their lengths, and of a name what differs from the name before it.
 */
export function packGroups(index: FooterIndex): Uint8Array {
  const bytes: number[] = [];
  let [end, before] = [0, new Uint8Array() as Uint8Array];
  const number = (value: number) => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  };
  number(index.groups);
  for (let group = 0; group < index.groups; group++) {
    const { timestamp, pointName, value } = index.chunks(group);
    const name = index.minName(group);
    const shared = name.findIndex((byte, at) => byte !== before[at]);
    number(index.rows(group));
    number(timestamp.offset - end);
    for (const { length } of [timestamp, pointName, value]) number(length);
    number(shared === -1 ? name.length : shared);
    number(shared === -1 ? 0 : name.length - shared);
    if (shared !== -1) bytes.push(...name.subarray(shared));
    end = value.offset + value.length;
    before = name;
  }
  return Uint8Array.from(bytes);
}

export function unpackGroups(bytes: Uint8Array): CompactGroup[] {
  let [at, end, before] = [0, 0, new Uint8Array() as Uint8Array];
  const number = () => {
    for (let [value, scale] = [0, 1]; ; scale *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new FileUnreadable("the index ends too early");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  return Array.from({ length: number() }, () => {
    const rows = number();
    let offset = end + number();
    const range = () => {
      const found = { offset, length: number() };
      offset += found.length;
      return found;
    };
    const chunks = { timestamp: range(), pointName: range(), value: range() };
    end = offset;
    const shared = number();
    const own = number();
    const firstName = new Uint8Array(shared + own);
    firstName.set(before.subarray(0, shared));
    firstName.set(bytes.subarray(at, at + own), shared);
    at += own;
    before = firstName;
    return { rows, firstName, chunks };
  });
}

/** The row group that has `name` if any has it: the last one that does not begin after it. */
export function groupOf(groups: readonly CompactGroup[], name: Uint8Array): CompactGroup | undefined {
  let [low, high] = [0, groups.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes((groups[middle] as CompactGroup).firstName, name) <= 0) low = middle + 1;
    else high = middle;
  }
  return groups[low - 1];
}
