import type { ObjectKey } from "../../domain/layout.ts";
import type { SiteName } from "../../domain/site.ts";
import { concatenate } from "../../parquet/bytes.ts";
import { type FooterIndex, footerBytesOf, indexFooter } from "../../parquet/read/read.ts";
import type { ArchiveReader } from "../../ports/archive.ts";
import { END_BYTES_DEFAULT, END_BYTES_MARGIN } from "./cold-limits.ts";
import type { FileVersion } from "./file-versions.ts";
import { objectFault } from "./object-faults.ts";

/** How the end of a file says where its rows are. */
export interface EndFormat<Index> {
  /** How many of the last bytes are needed. Throws `FileUnreadable`. */
  bytesOf(end: Uint8Array, size: number): number;
  /** Throws `FileUnreadable`. */
  parse(end: Uint8Array, size: number): Index;
}

/** A version whose end has just been read. */
export interface ReadVersion<Index = FooterIndex> extends FileVersion<Index> {
  /** Of the footer and the trailer after it, or of the part of them that is needed. */
  readonly footerBytes: number;
  /** The end of the file as it was read. It may begin with data before the footer. */
  readonly tail: { readonly offset: number; readonly bytes: Uint8Array };
}

const DAY_FILE: EndFormat<FooterIndex> = { bytesOf: footerBytesOf, parse: indexFooter };

/** `readEnd` of a day's file. */
export const readFooter = (
  archive: Pick<ArchiveReader, "read">,
  key: ObjectKey,
  endBytes: number,
  knownEtag?: string,
) => readEnd(archive, key, endBytes, DAY_FILE, knownEtag);

/**
 * Reads the index of the current version from its last `endBytes`, and the rest of a larger one. "unchanged" where it
 * is the version with `knownEtag`; "changed" where it was replaced or deleted between the two reads; undefined where there
 * is no object. Throws `ObjectUnreadable`.
 */
export async function readEnd<Index>(
  archive: Pick<ArchiveReader, "read">,
  key: ObjectKey,
  endBytes: number,
  format: EndFormat<Index>,
  knownEtag?: string,
): Promise<ReadVersion<Index> | "unchanged" | "changed" | undefined> {
  const condition = knownEtag === undefined ? undefined : { ifNoneMatch: knownEtag };
  const found = await archive.read(key, { suffix: endBytes }, condition);
  if (!found) return undefined;
  if (!found.bytes) return "unchanged";
  const { etag, size } = found;
  try {
    const footerBytes = format.bytesOf(found.bytes, size);
    let end = found.bytes;
    if (footerBytes > end.length) {
      const range = { offset: size - footerBytes, length: footerBytes - end.length };
      const rest = await archive.read(key, range, { ifMatch: etag });
      if (!rest?.bytes) return "changed";
      end = concatenate([rest.bytes, end]);
    }
    const index = format.parse(end, size);
    return { etag, index, footerBytes, tail: { offset: size - end.length, bytes: end } };
  } catch (fault) {
    throw objectFault(key, fault);
  }
}

/**
 * How many bytes of a file's end to request, so that its footer takes one request and few other bytes. It learns of sites
 * that have an object alone, and so needs no bound of its own.
 */
export class EndSizes {
  readonly #footerBytes = new Map<SiteName, number>();
  readonly #unknownBytes: number;

  /** `unknownBytes`: of a site of which no file's end is known. */
  constructor(unknownBytes = END_BYTES_DEFAULT) {
    this.#unknownBytes = unknownBytes;
  }

  knows(site: SiteName): boolean {
    return this.#footerBytes.has(site);
  }

  guess(site: SiteName): number {
    const usual = this.#footerBytes.get(site);
    return usual === undefined ? this.#unknownBytes : Math.ceil(usual * END_BYTES_MARGIN);
  }

  /** `footerBytes` includes the trailer. The guess rises at once, since too few bytes cost a request; it sinks slowly. */
  learn(site: SiteName, footerBytes: number): void {
    const usual = this.#footerBytes.get(site) ?? footerBytes;
    this.#footerBytes.set(site, Math.max(footerBytes, (usual * 3 + footerBytes) / 4));
  }
}
