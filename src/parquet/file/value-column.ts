import type { ChunkPages } from "./column-chunk.ts";
import { indexPage } from "./dictionary-indexes.ts";
import { dictionaryOf } from "./value-dictionary.ts";

/** The values of a row group: by dictionary where that halves them, else plain. */
export function valuePages(value: Float64Array): ChunkPages {
  const bounds = boundsOf(value);
  const found = dictionaryOf(value);
  if (!found) return { encoding: "PLAIN", body: bytesOf(value), ...bounds };
  return {
    encoding: "RLE_DICTIONARY",
    dictionary: { body: bytesOf(found.dictionary), entries: found.dictionary.length },
    body: indexPage(found.indexes, found.dictionary.length),
    ...bounds,
  };
}

function boundsOf(value: Float64Array): { min: Uint8Array; max: Uint8Array } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < value.length; row++) {
    const at = value[row] as number;
    if (at < least) least = at;
    if (at > greatest) greatest = at;
  }
  // The comparison takes both zeros for one; the specification asks for -0 as a minimum and +0 as a maximum.
  return {
    min: bytesOf(Float64Array.of(least === 0 ? -0 : least)),
    max: bytesOf(Float64Array.of(greatest === 0 ? 0 : greatest)),
  };
}

/** Parquet's plain doubles are the memory of a Float64Array on every platform this runs on. */
function bytesOf(value: Float64Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
