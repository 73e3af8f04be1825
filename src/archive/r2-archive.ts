import type { ObjectKey } from "../domain/layout.ts";
import type { Archive, ObjectHead, PublishableFile } from "../ports/ports.ts";
import { readPart } from "./read-part.ts";

/** The archive on R2: strongly consistent, conditional on etags, whole objects only. */
export class R2Archive implements Archive {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async head(key: ObjectKey): Promise<ObjectHead | undefined> {
    const object = await this.#bucket.head(key);
    return object ? headOf(object) : undefined;
  }

  async publish(
    key: ObjectKey,
    file: PublishableFile,
    expected: string | "absent",
  ): Promise<"published" | "changed"> {
    const onlyIf: R2Conditional =
      expected === "absent" ? { etagDoesNotMatch: "*" } : { etagMatches: expected };
    const { readable, writable } = new FixedLengthStream(file.bytes);
    const put = this.#bucket.put(key, readable, {
      sha256: file.sha256,
      customMetadata: { ...file.metadata },
      httpMetadata: { contentType: "application/vnd.apache.parquet" },
      onlyIf,
    });
    // Not awaited: the bucket may answer before it has read all, and a stream that breaks off breaks the put.
    void pour(file, writable);
    return (await put) ? "published" : "changed";
  }

  async list(prefix: string, cursor: string | undefined): Promise<{ heads: ObjectHead[]; cursor?: string }> {
    const page = await this.#bucket.list({
      prefix,
      include: ["customMetadata"],
      ...(cursor ? { cursor } : {}),
    });
    // With `include` a page may hold fewer than asked for: `truncated` alone says whether more follow.
    return { heads: page.objects.map(headOf), ...(page.truncated ? { cursor: page.cursor } : {}) };
  }

  read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return readPart(this.#bucket, key, etag, offset, length);
  }
}

/** One part at a time: the next is read when the one before has been taken. */
async function pour(file: PublishableFile, writable: WritableStream): Promise<void> {
  const writer = writable.getWriter();
  try {
    for (const part of file.parts()) await writer.write(part);
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}

export function headOf(object: R2Object): ObjectHead {
  const { sha256 } = object.checksums;
  return {
    key: object.key as ObjectKey,
    etag: object.etag,
    bytes: object.size,
    sha256: sha256 ? hex(new Uint8Array(sha256)) : undefined,
    uploadedAt: object.uploaded.getTime(),
    metadata: object.customMetadata ?? {},
  };
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
