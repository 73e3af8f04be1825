import { createHash } from "node:crypto";
import type { ObjectKey } from "../../../src/domain/layout.ts";
import type {
  ArchiveReader,
  ByteRange,
  ObjectHead,
  ObjectPage,
  ObjectPart,
  PartRange,
  ReadCondition,
} from "../../../src/ports/archive.ts";
import { partOf } from "../object-part.ts";

/** Small, so that a month has several pages. */
const LIST_PAGE = 4;

export interface CountedRequest {
  /** "end" is a read of an object's last bytes. */
  readonly kind: "head" | "list" | "end" | "read" | "open";
  readonly key: ObjectKey;
  /** How many bytes a read returned. */
  readonly bytes: number;
}

interface Placed {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly metadata: ObjectHead["metadata"];
  readonly sha256: string | undefined;
}

/** Objects in memory; an etag is the MD5 of the content, as R2's is. Every request is counted. */
export class MemoryArchive implements ArchiveReader {
  readonly requests: CountedRequest[] = [];
  inFlight = 0;
  inFlightMax = 0;
  /** Called before each request is served, with how many there were before it. */
  before: (request: number, key: ObjectKey) => void | Promise<void> = () => undefined;
  readonly objects = new Map<ObjectKey, Placed>();

  place(key: ObjectKey, bytes: Uint8Array, metadata: ObjectHead["metadata"] = {}, sha256?: string): void {
    const etag = createHash("md5").update(bytes).digest("hex");
    this.objects.set(key, { bytes, etag, metadata, sha256 });
  }

  remove(key: ObjectKey): void {
    this.objects.delete(key);
  }

  async head(key: ObjectKey): Promise<ObjectHead | undefined> {
    await this.#arrive("head", key);
    return this.#headOf(key);
  }

  async list(prefix: string, cursor: string | undefined): Promise<ObjectPage> {
    await this.#arrive("list", prefix as ObjectKey);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const from = Number(cursor ?? 0);
    const heads = keys.slice(from, from + LIST_PAGE).flatMap((key) => this.#headOf(key) ?? []);
    const next = from + LIST_PAGE;
    return { heads, ...(next < keys.length ? { cursor: String(next) } : {}) };
  }

  async read(key: ObjectKey, range: PartRange, condition?: ReadCondition): Promise<ObjectPart | undefined> {
    const request = await this.#arrive("suffix" in range ? "end" : "read", key);
    const part = partOf(this.objects.get(key), range, condition);
    const counted = this.requests[request] as CountedRequest;
    this.requests[request] = { ...counted, bytes: part?.bytes?.length ?? 0 };
    return part;
  }

  async open(
    key: ObjectKey,
    etag: string,
    part?: ByteRange,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    await this.#arrive("open", key);
    const object = this.objects.get(key);
    if (object?.etag !== etag) return undefined;
    const { offset, length } = part ?? { offset: 0, length: object.bytes.length };
    return new Blob([object.bytes.slice(offset, offset + length)]).stream();
  }

  /** Resolves to the number of the request when it is served. */
  async #arrive(kind: CountedRequest["kind"], key: ObjectKey): Promise<number> {
    const request = this.requests.push({ kind, key, bytes: 0 }) - 1;
    this.inFlightMax = Math.max(this.inFlightMax, ++this.inFlight);
    try {
      await this.before(request, key);
    } finally {
      this.inFlight--;
    }
    return request;
  }

  #headOf(key: ObjectKey): ObjectHead | undefined {
    const object = this.objects.get(key);
    if (!object) return undefined;
    const { bytes, etag, metadata, sha256 } = object;
    return { key, etag, bytes: bytes.length, sha256, uploadedAt: 0, metadata };
  }
}
