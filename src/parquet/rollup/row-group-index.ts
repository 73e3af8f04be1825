/**
 * The row group index: of each row group its rows, the lengths of its column chunks, and its first and last name. It is a
 * key-value of the footer, as base64, some 55 bytes a row group. Row groups follow each other, so that offsets are sums.
 */
import { concatenate } from "../bytes.ts";
import { FileUnreadable } from "../read/read.ts";
import { COLUMN_KEYS } from "./rollup-format.ts";

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

/** Throws `FileUnreadable`. */
export function decodeIndex(base64: string): IndexedGroup[] {
  const bytes = bytesOf(base64);
  let at = 0;
  const number = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 42) throw new FileUnreadable("its row group index is damaged");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  let before = new Uint8Array() as Uint8Array;
  const name = () => {
    const [shared, length] = [number(), number()];
    if (shared > before.length || at + length > bytes.length) {
      throw new FileUnreadable("its row group index is damaged");
    }
    before = concatenate([before.subarray(0, shared), bytes.subarray(at, at + length)]);
    at += length;
    return before;
  };
  const groups: IndexedGroup[] = [];
  for (let left = number(); left > 0; left--) {
    const rows = number();
    groups.push({ rows, lengths: COLUMN_KEYS.map(number), firstName: name(), lastName: name() });
  }
  if (at !== bytes.length) throw new FileUnreadable("its row group index is damaged");
  return groups;
}

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
