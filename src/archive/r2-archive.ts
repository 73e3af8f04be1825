import type { ObjectKey } from "../domain/layout.ts";
import type {
  Archive,
  ArchiveReader,
  ByteRange,
  ObjectHead,
  ObjectPage,
  ObjectPart,
  PartRange,
  PublishableFile,
  ReadCondition,
} from "../ports/archive.ts";

/** The archive on R2: strongly consistent, conditional on etags, whole objects only. */
export class R2Archive implements Archive, ArchiveReader {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async head(key: ObjectKey): Promise<ObjectHead | undefined> {
    const object = await this.#bucket.head(key);
    return object ? headOf(object) : undefined;
  }

  async list(prefix: string, cursor: string | undefined): Promise<ObjectPage> {
    const page = await this.#bucket.list({
      prefix,
      include: ["customMetadata"],
      ...(cursor ? { cursor } : {}),
    });
    // With `include` a page may have fewer objects than its limit: `truncated` alone says whether more follow.
    return { heads: page.objects.map(headOf), ...(page.truncated ? { cursor: page.cursor } : {}) };
  }

  async read(key: ObjectKey, range: PartRange, condition?: ReadCondition): Promise<ObjectPart | undefined> {
    try {
      const object = await this.#bucket.get(key, { range, ...(condition && { onlyIf: onlyIf(condition) }) });
      if (!object) return undefined;
      const { etag, size } = object;
      return { etag, size, bytes: "body" in object ? new Uint8Array(await object.arrayBuffer()) : undefined };
    } catch (fault) {
      if (!("suffix" in range)) throw fault;
      // R2 rejects every suffix of an object without a byte. Only this case takes a second request.
      const object = await this.#bucket.head(key).catch(() => undefined);
      if (object?.size !== 0) throw fault;
      return { etag: object.etag, size: 0, bytes: new Uint8Array() };
    }
  }

  async open(
    key: ObjectKey,
    etag: string,
    part?: ByteRange,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const options = { onlyIf: { etagMatches: etag }, ...(part && { range: part }) };
    const object = await this.#bucket.get(key, options);
    return object && "body" in object ? object.body : undefined;
  }

  async publish(
    key: ObjectKey,
    file: PublishableFile,
    expected: string | "absent",
  ): Promise<"published" | "changed"> {
    const { readable, writable } = new FixedLengthStream(file.bytes);
    const put = this.#bucket.put(key, readable, {
      sha256: file.sha256,
      customMetadata: { ...file.metadata },
      httpMetadata: { contentType: "application/vnd.apache.parquet" },
      onlyIf: expected === "absent" ? { etagDoesNotMatch: "*" } : { etagMatches: expected },
    });
    // Not awaited: the bucket may answer before it has read all, and a stream that breaks off breaks the put.
    void pour(file, writable);
    return (await put) ? "published" : "changed";
  }
}

const onlyIf = (condition: ReadCondition): R2Conditional =>
  "ifMatch" in condition ? { etagMatches: condition.ifMatch } : { etagDoesNotMatch: condition.ifNoneMatch };

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

function headOf(object: R2Object): ObjectHead {
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
