import type { Series } from "./source.ts";

/** Every millisecond of either once; `first`'s value where both have it. */
export function mergeSeries(first: Series, second: Series): Series {
  if (second.ms.length === 0) return first;
  if (first.ms.length === 0) return second;
  const ms = new Float64Array(first.ms.length + second.ms.length);
  const value = new Float64Array(ms.length);
  let length = 0;
  for (let a = 0, b = 0; a < first.ms.length || b < second.ms.length; length += 1) {
    // An exhausted side is at the end of time.
    const aMs = first.ms[a] ?? Number.POSITIVE_INFINITY;
    const bMs = second.ms[b] ?? Number.POSITIVE_INFINITY;
    ms[length] = Math.min(aMs, bMs);
    value[length] = (aMs <= bMs ? first.value[a] : second.value[b]) as number;
    if (aMs <= bMs) a += 1;
    if (bMs <= aMs) b += 1;
  }
  return { ms: ms.subarray(0, length), value: value.subarray(0, length) };
}
