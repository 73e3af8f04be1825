/**
 * FlatBuffers (https://flatbuffers.dev/internals), as far as Arrow's messages need them: tables, strings, vectors of
 * tables and of structs. They are written front to back, each child after the reference to it.
 */

export type Slot =
  | { readonly kind: "u8" | "i16" | "i32" | "i64"; readonly value: number }
  | { readonly kind: "child"; readonly child: Child };

export type Child =
  | { readonly kind: "table"; readonly slots: readonly (Slot | undefined)[] }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "tables"; readonly tables: readonly Child[] }
  /** Structs of two 64-bit integers. */
  | { readonly kind: "pairs"; readonly pairs: readonly (readonly [number, number])[] };

export const u8 = (value: number): Slot => ({ kind: "u8", value });
export const i16 = (value: number): Slot => ({ kind: "i16", value });
export const i32 = (value: number): Slot => ({ kind: "i32", value });
export const i64 = (value: number): Slot => ({ kind: "i64", value });
export const child = (child: Child): Slot => ({ kind: "child", child });
/** Slots in the order of the schema; undefined for the default. */
export const table = (...slots: (Slot | undefined)[]): Child => ({ kind: "table", slots });
export const string = (text: string): Child => ({ kind: "string", text });

const SIZES = { u8: 1, i16: 2, i32: 4, i64: 8, child: 4 } as const;

/** The buffer with `root`; its length is a multiple of 8. */
export function flatbuffer(root: Child): Uint8Array {
  const writer = new Writer();
  writer.reserve(4, 4);
  writer.point(0, root);
  writer.reserve(0, 8);
  return writer.bytes();
}

class Writer {
  #view = new DataView(new ArrayBuffer(1_024));
  #length = 0;

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }

  /** Appends `size` zero bytes, aligned, and returns their offset. */
  reserve(size: number, alignment: number): number {
    const at = Math.ceil(this.#length / alignment) * alignment;
    this.#length = at + size;
    if (this.#length > this.#view.byteLength) this.#grow();
    return at;
  }

  /** Appends a child, and writes its distance at `from`. */
  point(from: number, to: Child): void {
    const at = this.#write(to);
    this.#view.setUint32(from, at - from, true);
  }

  #write(node: Child): number {
    switch (node.kind) {
      case "table":
        return this.#table(node.slots);
      case "string":
        return this.#string(node.text);
      case "tables":
        return this.#tables(node.tables);
      case "pairs":
        return this.#pairs(node.pairs);
      default:
        return node satisfies never;
    }
  }

  #table(slots: readonly (Slot | undefined)[]): number {
    const vtable = this.reserve(4 + 2 * slots.length, 2);
    const start = this.reserve(4, 4);
    this.#view.setInt32(start, start - vtable, true);
    const children: [number, Child][] = [];
    for (const [index, slot] of slots.entries()) {
      if (slot === undefined) continue;
      const at = this.reserve(SIZES[slot.kind], SIZES[slot.kind]);
      this.#view.setUint16(vtable + 4 + 2 * index, at - start, true);
      if (slot.kind === "child") children.push([at, slot.child]);
      else this.#scalar(at, slot.kind, slot.value);
    }
    this.#view.setUint16(vtable, 4 + 2 * slots.length, true);
    this.#view.setUint16(vtable + 2, this.#length - start, true);
    for (const [at, node] of children) this.point(at, node);
    return start;
  }

  #scalar(at: number, kind: "u8" | "i16" | "i32" | "i64", value: number): void {
    if (kind === "u8") this.#view.setUint8(at, value);
    else if (kind === "i16") this.#view.setInt16(at, value, true);
    else if (kind === "i32") this.#view.setInt32(at, value, true);
    else this.#view.setBigInt64(at, BigInt(value), true);
  }

  /** The length that is written does not count the terminating zero. */
  #string(text: string): number {
    const bytes = new TextEncoder().encode(text);
    const at = this.reserve(4 + bytes.length + 1, 4);
    this.#view.setUint32(at, bytes.length, true);
    new Uint8Array(this.#view.buffer).set(bytes, at + 4);
    return at;
  }

  #tables(tables: readonly Child[]): number {
    const at = this.reserve(4 + 4 * tables.length, 4);
    this.#view.setUint32(at, tables.length, true);
    for (const [index, node] of tables.entries()) this.point(at + 4 + 4 * index, node);
    return at;
  }

  #pairs(pairs: readonly (readonly [number, number])[]): number {
    // The elements are aligned to 8 bytes, not the count before them.
    this.reserve(4, 8);
    const at = this.reserve(4 + 16 * pairs.length, 4);
    this.#view.setUint32(at, pairs.length, true);
    for (const [index, [first, second]] of pairs.entries()) {
      this.#view.setBigInt64(at + 4 + 16 * index, BigInt(first), true);
      this.#view.setBigInt64(at + 12 + 16 * index, BigInt(second), true);
    }
    return at;
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(2 * this.#view.byteLength, this.#length));
    grown.set(new Uint8Array(this.#view.buffer));
    this.#view = new DataView(grown.buffer);
  }
}
