/** Ranges of bytes of a file: which are requested together, and those that have been fetched. */
import { type ByteRange, FileUnreadable } from "../../parquet/read/read.ts";

/**
 * Ranges that cover `wanted`, in order. Neighbours with at most `gapBytesMax` between them are joined. Where more than
 * `rangesMax` remain, those with the smallest gaps between them are joined as well.
 */
export function coalesce(wanted: readonly ByteRange[], gapBytesMax: number, rangesMax: number): ByteRange[] {
  const sorted = [...wanted].sort((a, b) => a.offset - b.offset);
  const near = merge(sorted, gapBytesMax);
  if (near.length <= rangesMax) return near;
  const gaps = near.slice(1).map((range, at) => range.offset - endOf(near[at] as ByteRange));
  // The widest gap that has to be closed; all gaps of this width are closed.
  const widest = gaps.sort((a, b) => a - b)[near.length - rangesMax - 1] as number;
  return merge(near, widest);
}

function merge(sorted: readonly ByteRange[], gapBytesMax: number): ByteRange[] {
  const merged: ByteRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (!last || range.offset - endOf(last) > gapBytesMax) merged.push(range);
    else {
      const end = Math.max(endOf(last), endOf(range));
      merged[merged.length - 1] = { offset: last.offset, length: end - last.offset };
    }
  }
  return merged;
}

export const endOf = ({ offset, length }: ByteRange): number => offset + length;

/** The bytes at a place of a file, not copied. Throws `FileUnreadable` where they are missing. */
export type BytesAt = (offset: number, length: number) => Uint8Array;

/** Finds bytes in parts of a file; a part may be shorter than its request. */
export function bytesIn(parts: readonly { readonly offset: number; readonly bytes: Uint8Array }[]): BytesAt {
  return (offset, length) => {
    for (const part of parts) {
      const from = offset - part.offset;
      if (from >= 0 && from + length <= part.bytes.length) return part.bytes.subarray(from, from + length);
    }
    throw new FileUnreadable(`the bytes from ${offset} to ${offset + length} are missing`);
  };
}
