import type { ObjectKey } from "../domain/layout.ts";
import type { ObjectEnd, RangeReader } from "../ports/range-reader.ts";
import { readPart } from "./read-part.ts";

/** Parts of objects on R2. */
export class R2Ranges implements RangeReader {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async end(
    key: ObjectKey,
    length: number,
    knownEtag?: string,
  ): Promise<ObjectEnd | "unchanged" | undefined> {
    const onlyIf = knownEtag === undefined ? {} : { onlyIf: { etagDoesNotMatch: knownEtag } };
    try {
      const object = await this.#bucket.get(key, { range: { suffix: length }, ...onlyIf });
      if (!object) return undefined;
      if (!("body" in object)) return "unchanged";
      return { etag: object.etag, size: object.size, bytes: new Uint8Array(await object.arrayBuffer()) };
    } catch (fault) {
      // No range of an object without a byte can be satisfied: the one case that takes another request.
      const object = await this.#bucket.head(key).catch(() => undefined);
      if (object?.size === 0) return { etag: object.etag, size: 0, bytes: new Uint8Array() };
      throw fault;
    }
  }

  read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return readPart(this.#bucket, key, etag, offset, length);
  }
}
