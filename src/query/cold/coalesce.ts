import type { ByteRange } from "../../parquet/read/read.ts";

/**
 * Ranges that cover `wanted`, in order: neighbours with at most `gapBytesMax` between them become one, and where
 * more than `rangesMax` remain, those with the smallest gaps do.
 */
export function coalesce(wanted: readonly ByteRange[], gapBytesMax: number, rangesMax: number): ByteRange[] {
  const sorted = [...wanted].sort((a, b) => a.offset - b.offset);
  const near = merge(sorted, gapBytesMax);
  if (near.length <= rangesMax) return near;
  const gaps = near.slice(1).map((range, at) => range.offset - endOf(near[at] as ByteRange));
  // So many gaps have to go; those as wide as the last of them go with it.
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
