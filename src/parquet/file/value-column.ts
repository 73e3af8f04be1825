import { type ChunkPages, dictionaryPages, plainBytes } from "./column-chunk.ts";
import { numberDistinct } from "./distinct-values.ts";

/**
 * Encodes the values of a row group: with a dictionary where that takes fewer bytes once it is compressed, otherwise
 * plain.
 *
 * The plain page is not compressed to find out. In either encoding each different value is there once as it is, and takes
 * the same bytes; beyond these, the plain page has Snappy's copies, and the other the indexes, which Snappy hardly
 * compresses. A copy has three bytes.
 */
export function valuePages(value: Float64Array): ChunkPages {
  const numbered = numberDistinct(value, Math.floor(value.length * DISTINCT_SHARE_MAX));
  if (!numbered) return plainPages(value);
  const { distinct, indexes, copies } = numbered;
  const dictionary = { body: plainBytes(distinct), entries: distinct.length };
  const pages = dictionaryPages(dictionary, indexes, boundsOf(distinct));
  return pages.body.length + DICTIONARY_BYTES < COPY_BYTES * copies ? pages : plainPages(value);
}

/** The share of rows with different values above which a dictionary is not tried. */
const DISTINCT_SHARE_MAX = 0.5;
/** The header of a dictionary page, and what the footer says of it. */
const DICTIONARY_BYTES = 40;
const COPY_BYTES = 3;

const plainPages = (value: Float64Array): ChunkPages => ({
  encoding: "PLAIN",
  body: plainBytes(value),
  ...boundsOf(value),
});

/** The least and the greatest of values, of which there is at least one, in Parquet's plain encoding. */
function boundsOf(value: Float64Array): Pick<ChunkPages, "min" | "max"> {
  let [least, greatest] = [value[0] as number, value[0] as number];
  for (let row = 0; row < value.length; row++) {
    const each = value[row] as number;
    if (each < least) least = each;
    if (each > greatest) greatest = each;
  }
  // -0 and +0 compare as equal; the specification requires -0 as a minimum and +0 as a maximum.
  return {
    min: plainBytes(Float64Array.of(least === 0 ? -0 : least)),
    max: plainBytes(Float64Array.of(greatest === 0 ? 0 : greatest)),
  };
}
