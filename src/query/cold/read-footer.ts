import type { ObjectKey } from "../../domain/layout.ts";
import { concatenate } from "../../parquet/bytes.ts";
import { FileUnreadable, indexFooter } from "../../parquet/read/read.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { ObjectUnreadable } from "./faults.ts";
import type { FileVersion } from "./footers.ts";

/** A version whose footer was read just now. */
export interface ReadVersion extends FileVersion {
  /** Of the footer and what follows it. */
  readonly footerBytes: number;
  /** The end of the file as it came: data as well, where more was asked for than the footer takes. */
  readonly tail: { readonly offset: number; readonly bytes: Uint8Array };
}

/** The length of the footer and "PAR1", after it. */
const TRAILER_BYTES = 8;
const MAGIC = 0x31524150;

/**
 * The object that is there now: its last `endBytes`, and a second read where its footer is larger. "unchanged" where
 * it is the one with `knownEtag`; "changed" where it was replaced or went between the two reads; undefined where
 * there is none. Throws `ObjectUnreadable`.
 */
export async function readFooter(
  archive: Pick<ArchiveReader, "read">,
  key: ObjectKey,
  endBytes: number,
  knownEtag?: string,
): Promise<ReadVersion | "unchanged" | "changed" | undefined> {
  const found = await archive.read(
    key,
    { suffix: endBytes },
    knownEtag === undefined ? undefined : { ifNoneMatch: knownEtag },
  );
  if (!found) return undefined;
  if (!found.bytes) return "unchanged";
  const { etag, size } = found;
  const footerBytes = footerBytesOf(key, found.bytes, size);
  let end = found.bytes;
  if (footerBytes > end.length) {
    const range = { offset: size - footerBytes, length: footerBytes - end.length };
    const rest = await archive.read(key, range, { ifMatch: etag });
    if (!rest?.bytes) return "changed";
    end = concatenate([rest.bytes, end]);
  }
  try {
    const index = indexFooter(end, size);
    return { etag, index, footerBytes, tail: { offset: size - end.length, bytes: end } };
  } catch (fault) {
    throw fault instanceof FileUnreadable ? new ObjectUnreadable(key, fault) : fault;
  }
}

function footerBytesOf(key: ObjectKey, end: Uint8Array, size: number): number {
  const trailer = end.length - TRAILER_BYTES;
  const view = new DataView(end.buffer, end.byteOffset, end.length);
  if (trailer < 0 || view.getUint32(trailer + 4, true) !== MAGIC) {
    throw new ObjectUnreadable(key, new FileUnreadable("it does not end as a Parquet file"));
  }
  const footerBytes = view.getUint32(trailer, true) + TRAILER_BYTES;
  if (footerBytes > size) {
    throw new ObjectUnreadable(key, new FileUnreadable(`a footer of ${footerBytes} bytes in one of ${size}`));
  }
  return footerBytes;
}
