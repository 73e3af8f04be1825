import type { EncodedRollupGroup } from "../../src/parquet/rollup/rollup.ts";

/**
 * A row group of a roll-up that is a hole in its file: its length, and its metadata with a name instead of `placeholder`, which
 * is as long as the name, and in no other place.
 */
export function standInOf({ bytes, metadata }: EncodedRollupGroup, placeholder: string) {
  // The metadata begin with the length of an entry of the index, which is base64.
  const entryEnd = 4 + new DataView(metadata.buffer, metadata.byteOffset).getUint32(0, true);
  const text = Buffer.from(metadata.subarray(4, entryEnd)).toString();
  const named = (part: Buffer, name: string) =>
    Buffer.from(part.toString("latin1").replaceAll(placeholder, name), "latin1");
  return {
    bytes: bytes.length,
    metadataOf: (name: string) =>
      Uint8Array.from(
        Buffer.concat([
          metadata.subarray(0, 4),
          Buffer.from(named(Buffer.from(text, "base64"), name).toString("base64")),
          named(Buffer.from(metadata.subarray(entryEnd)), name),
        ]),
      ),
  };
}

/** A name that no point has, as long as `name`. */
export const placeholderFor = (name: string) => name.replaceAll(/./g, "~");
