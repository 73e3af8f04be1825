/**
 * The row group index: of each row group its rows, the lengths of its column chunks, and its first and last name. It is a
 * key-value of the footer, as base64, some 55 bytes a row group. Row groups follow each other, so that offsets are sums.
 */
import { FileUnreadable } from "../read/read.ts";

export interface IndexedGroup {
  readonly rows: number;
  /** Bytes of each column chunk, in the order of the columns. */
  readonly lengths: readonly number[];
  /** In UTF-8. */
  readonly firstName: Uint8Array;
  readonly lastName: Uint8Array;
}

/** Characters that are turned into a string at a time: the engine limits the arguments of a call. */
const CHARACTERS_AT_A_TIME = 8_192;

export function encodeIndex(groups: readonly IndexedGroup[]): string {
  const bytes: number[] = [];
  let before = new Uint8Array() as Uint8Array;
  const name = (own: Uint8Array) => {
    let shared = 0;
    while (shared < own.length && own[shared] === before[shared]) shared++;
    appendVarInt(bytes, shared);
    appendVarInt(bytes, own.length - shared);
    for (const byte of own.subarray(shared)) bytes.push(byte);
    before = own;
  };
  appendVarInt(bytes, groups.length);
  for (const { rows, lengths, firstName, lastName } of groups) {
    appendVarInt(bytes, rows);
    for (const length of lengths) appendVarInt(bytes, length);
    name(firstName);
    name(lastName);
  }
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_A_TIME) {
    text += String.fromCharCode(...bytes.slice(at, at + CHARACTERS_AT_A_TIME));
  }
  return btoa(text);
}

/** A row group index in flat arrays, which take less time and memory than an object a row group. */
export interface RowGroupIndex {
  readonly groups: number;
  /** Of each row group its rows, and the lengths of its column chunks. */
  readonly numbers: Float64Array;
  /** First and last name of each row group in UTF-8, in one array, and where each ends. */
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
}

/** Decodes the index of a file with so many columns. Throws `FileUnreadable`. */
export function decodeIndex(base64: string, columns: number): RowGroupIndex {
  const groupNumbers = 1 + columns;
  const bytes = new IndexBytes(bytesOf(base64));
  const groups = bytes.number();
  // A row group takes at least a byte for each number, and two for each name.
  if (groups > bytes.left / (groupNumbers + 4)) throw damaged();
  const numbers = new Float64Array(groups * groupNumbers);
  const nameEnds = new Uint32Array(groups * 2);
  let names = new Uint8Array(groups * 2 * NAME_BYTES_USUAL);
  let [at, before, end] = [0, 0, 0];
  for (let name = 0; name < nameEnds.length; name++) {
    if (name % 2 === 0) for (let i = 0; i < groupNumbers; i++) numbers[at++] = bytes.number();
    const [shared, length] = [bytes.number(), bytes.number()];
    if (shared > end - before || length > bytes.left) throw damaged();
    if (end + shared + length > names.length) {
      const grown = new Uint8Array(2 * (names.length + shared + length));
      grown.set(names);
      names = grown;
    }
    names.copyWithin(end, before, before + shared);
    names.set(bytes.take(length), end + shared);
    before = end;
    end += shared + length;
    nameEnds[name] = end;
  }
  if (bytes.left > 0) throw damaged();
  return { groups, numbers, names: names.slice(0, end), nameEnds };
}

/** Names are mostly shorter; the array grows for longer ones. */
const NAME_BYTES_USUAL = 64;

/** Reads an index from front to back. */
class IndexBytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A varint of at most 49 bits. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || scale > 2 ** 42) throw damaged();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

const damaged = () => new FileUnreadable("its row group index is damaged");

function bytesOf(base64: string): Uint8Array {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
  } catch (cause) {
    throw new FileUnreadable("its row group index is not base64", { cause });
  }
}

function appendVarInt(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}
