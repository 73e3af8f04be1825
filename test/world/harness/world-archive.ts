import { createHash } from "node:crypto";
import type { Archive, ObjectHead, ObjectPage, PublishableFile } from "../../../src/backfill/ports.ts";
import type { EpochMs } from "../../../src/domain/day.ts";
import { type ObjectKey, parseObjectKey } from "../../../src/domain/layout.ts";
import { partOf } from "../../support/object-part.ts";
import { effectSpec, LateWrites } from "./effect-spec.ts";
import type { Effects } from "./effects.ts";
import type { Incarnation } from "./incarnation.ts";
import type { WriteRate } from "./production-limits.ts";
import type { Scheduler } from "./scheduler.ts";

/** Small, so that listings in tests have several pages. */
const LIST_PAGE = 3;

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly sha256: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly uploadedAt: EpochMs;
}

/** A put when it begins. */
export interface BegunPut {
  readonly key: ObjectKey;
  readonly site: string;
  readonly incarnation: Incarnation;
  readonly at: EpochMs;
}

/** R2: consistent, conditional on etags, whole objects. An etag is the MD5 of the content, as in R2. */
export class WorldArchive {
  readonly objects = new Map<string, StoredObject>();
  readonly #hashes = new Map<string, Set<string>>();
  readonly late = new LateWrites();
  /** Keys whose objects another client has put. */
  readonly foreign = new Set<string>();
  /** How many of the next HEADs find no object. */
  blindHeads = 0;
  /** Whether every other page of a listing is empty, though more follow. */
  emptyPages = false;
  /** Whether a listing has checksums, as a HEAD has. */
  listsChecksums = true;
  #lists = 0;
  /** Latency of the request and of the response each; random where undefined. */
  latencyMs: number | undefined;
  /** Puts that found another object than they were to replace. */
  changed = 0;
  /** Called when a put begins, before it is sent. */
  onPut: (put: BegunPut) => void = () => undefined;
  readonly #scheduler: Scheduler;
  readonly #effects: Effects;
  readonly #writes: WriteRate | undefined;

  constructor(scheduler: Scheduler, effects: Effects, writes?: WriteRate) {
    this.#scheduler = scheduler;
    this.#effects = effects;
    this.#writes = writes;
  }

  /** The objects of site-days by key. */
  get days(): ReadonlyMap<string, StoredObject> {
    return new Map([...this.objects].filter(([key]) => parseObjectKey(key) !== undefined));
  }

  portOf(incarnation: Incarnation): Archive {
    const remote = <T>(what: string, effect: () => T) => {
      const label = `${incarnation.name} archive.${what}`;
      return this.#effects.remote(
        incarnation,
        effectSpec(label, this.late.take(label) ?? this.latencyMs),
        effect,
      );
    };
    return {
      head: (key) => remote(`head ${key}`, () => this.#seen(key)),
      publish: (key, file, expected) => {
        if (incarnation.runs)
          this.onPut({ key, site: incarnation.name, incarnation, at: this.#scheduler.now });
        // Read at the call: a sent request can arrive after its sender has died.
        const bytes = new Uint8Array(Buffer.concat([...file.parts()]));
        return remote(`publish ${key}`, () => this.#publish(key, file, bytes, expected));
      },
      list: (prefix, cursor) => remote(`list ${cursor ?? ""}`, () => this.#list(prefix, cursor)),
      read: (key, range, condition) =>
        remote(`read ${key}`, () => partOf(this.objects.get(key), range, condition)),
    };
  }

  /** Stores an object as another client would: without a condition, and with a checksum only if given. */
  place(key: string, bytes: Uint8Array, metadata: Record<string, string> = {}, sha256?: string): void {
    this.foreign.add(key);
    this.#store(key, bytes, metadata, sha256);
  }

  #store(key: string, bytes: Uint8Array, metadata: Record<string, string>, sha256: string | undefined): void {
    const etag = createHash("md5").update(bytes).digest("hex");
    const content = createHash("sha256").update(bytes).digest("hex");
    this.#hashes.set(key, (this.#hashes.get(key) ?? new Set()).add(content));
    this.objects.set(key, { bytes, etag, sha256, metadata, uploadedAt: this.#scheduler.now });
  }

  /** Every content that the key ever had. */
  hashesOf(key: string): ReadonlySet<string> {
    return this.#hashes.get(key) ?? new Set();
  }

  #publish(key: ObjectKey, file: PublishableFile, bytes: Uint8Array, expected: string | "absent") {
    if (bytes.length !== file.bytes)
      throw new Error(`${bytes.length} bytes arrived instead of ${file.bytes}`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== file.sha256) throw new Error("the content does not have the declared hash");
    this.#writes?.admit("R2", key, this.#scheduler.now);
    if ((this.objects.get(key)?.etag ?? "absent") !== expected) {
      this.changed += 1;
      return "changed";
    }
    this.foreign.delete(key);
    this.#store(key, bytes, { ...file.metadata }, sha256);
    return "published";
  }

  #seen(key: ObjectKey): ObjectHead | undefined {
    return this.blindHeads-- > 0 ? undefined : this.#head(key);
  }

  #head(key: ObjectKey): ObjectHead | undefined {
    const object = this.objects.get(key);
    if (!object) return undefined;
    const { bytes, ...rest } = object;
    return { key, bytes: bytes.length, ...rest };
  }

  #list(prefix: string, cursor: string | undefined): ObjectPage {
    if (this.emptyPages && this.#lists++ % 2 === 0) return { heads: [], cursor: cursor ?? "" };
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > (cursor ?? ""));
    const page = keys.sort().slice(0, LIST_PAGE);
    const listed = page.flatMap((key) => this.#head(key as ObjectKey) ?? []);
    const heads = this.listsChecksums ? listed : listed.map((head) => ({ ...head, sha256: undefined }));
    const last = page.at(-1);
    return keys.length > page.length && last ? { heads, cursor: last } : { heads };
  }
}
