import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectKey } from "../../src/domain/layout.ts";
import type {
  ArchiveReader,
  ObjectHead,
  ObjectPage,
  ObjectPart,
  PartRange,
  ReadCondition,
} from "../../src/ports/archive.ts";
import { aroundRequests } from "../../src/query/archive-requests.ts";

/** A folder as an archive whose objects are read in parts. It can neither list nor open objects. */
export class FileArchive implements ArchiveReader {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async head(key: ObjectKey): Promise<ObjectHead | undefined> {
    const found = statSync(join(this.#folder, key), { throwIfNoEntry: false });
    if (!found) return undefined;
    const etag = `${found.ino}-${found.mtimeMs}`;
    return { key, etag, bytes: found.size, sha256: undefined, uploadedAt: found.mtimeMs, metadata: {} };
  }

  async read(key: ObjectKey, range: PartRange, condition?: ReadCondition): Promise<ObjectPart | undefined> {
    const head = await this.head(key);
    if (!head) return undefined;
    const { etag, bytes: size } = head;
    const isMet =
      !condition || ("ifMatch" in condition ? condition.ifMatch === etag : condition.ifNoneMatch !== etag);
    if (!isMet) return { etag, size, bytes: undefined };
    const length = "suffix" in range ? Math.min(size, range.suffix) : range.length;
    const offset = "suffix" in range ? size - length : range.offset;
    return { etag, size, bytes: this.#bytes(key, offset, length) };
  }

  list(): Promise<ObjectPage> {
    throw new Error("a bench does not list objects");
  }

  open(): Promise<ReadableStream | undefined> {
    throw new Error("a bench does not read objects as streams");
  }

  #bytes(key: ObjectKey, offset: number, length: number): Uint8Array {
    const file = openSync(join(this.#folder, key), "r");
    try {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    } finally {
      closeSync(file);
    }
  }
}

/** Makes each request take `latencyMs` longer, as it does where the storage is far away. */
export const withLatency = (archive: ArchiveReader, latencyMs: number): ArchiveReader =>
  aroundRequests(archive, async (request) => {
    await sleep(latencyMs);
    return request();
  });
