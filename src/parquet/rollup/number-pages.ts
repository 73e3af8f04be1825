import { snappyCompress } from "../encoding/encoding.ts";
import { type ChunkPages, valuePages } from "../file/file.ts";

/**
 * Encodes doubles as a day file's values are, or split by bytes (BYTE_STREAM_SPLIT), whichever is smaller once it is
 * compressed. Minima and sums of an hour have few repetitions, but their first bytes are alike, and the last ones often zero:
 * split, a roll-up of the reference site takes a fifth less (`npm run bench:query -- --only rollups`).
 */
export function numberPages(values: Float64Array): ChunkPages {
  const pages = compressedPages(valuePages(values));
  const { min, max } = pages;
  const split = compressedPages({ encoding: "BYTE_STREAM_SPLIT", body: splitBytes(values), min, max });
  const dictionaryBytes = pages.dictionary ? snappyCompress(pages.dictionary.body).length : 0;
  return split.compressed.length < pages.compressed.length + dictionaryBytes ? split : pages;
}

/** The first byte of every number, then the second, and so on. */
function splitBytes(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const split = new Uint8Array(bytes.length);
  for (let byte = 0; byte < 8; byte++) {
    const from = byte * values.length;
    for (let row = 0; row < values.length; row++) split[from + row] = bytes[row * 8 + byte] as number;
  }
  return split;
}

const compressedPages = (pages: ChunkPages) => ({ ...pages, compressed: snappyCompress(pages.body) });
