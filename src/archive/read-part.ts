import type { ObjectKey } from "../domain/layout.ts";

/** The bytes of an object as long as it has that etag; undefined where it is another, or none. */
export async function readPart(
  bucket: R2Bucket,
  key: ObjectKey,
  etag: string,
  offset: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const object = await bucket.get(key, { range: { offset, length }, onlyIf: { etagMatches: etag } });
  return object && "body" in object ? new Uint8Array(await object.arrayBuffer()) : undefined;
}
