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
    const object = await this.#bucket.get(key, {
      range: { suffix: length },
      ...(knownEtag === undefined ? {} : { onlyIf: { etagDoesNotMatch: knownEtag } }),
    });
    if (!object) return undefined;
    if (!("body" in object)) return "unchanged";
    return { etag: object.etag, size: object.size, bytes: new Uint8Array(await object.arrayBuffer()) };
  }

  async read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const object = await this.#bucket.get(key, { range: { offset, length }, onlyIf: { etagMatches: etag } });
    return object && "body" in object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }
}
