import type { ObjectKey } from "../domain/layout.ts";
import type { ObjectEnd, RangeReader } from "../ports/range-reader.ts";

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

  async read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const object = await this.#bucket.get(key, { range: { offset, length }, onlyIf: { etagMatches: etag } });
    return object && "body" in object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }
}
