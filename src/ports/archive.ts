/**
 * The archive: whole objects under keys. Strongly consistent: a call finds the newest version of an object, and all
 * that it returns is of that version. A call is one request.
 */
import type { EpochMs } from "../domain/day.ts";
import type { ObjectKey } from "../domain/layout.ts";

/** Reads the archive. */
export interface ArchiveReader {
  /** undefined: there is no such object. */
  head(key: ObjectKey): Promise<ObjectHead | undefined>;
  /** One page of the objects whose keys begin with `prefix`, in order of key. A page may be empty though more follow. */
  list(prefix: string, cursor: string | undefined): Promise<ObjectPage>;
  /** A part of the object, with its bytes only if the object meets `condition`. undefined: there is no such object. */
  read(key: ObjectKey, range: PartRange, condition?: ReadCondition): Promise<ObjectPart | undefined>;
  /**
   * The version `etag` of the object as a stream, or a part of it. undefined: the key has another version, or none. The
   * stream is to be read or cancelled; its reader fails where the storage breaks off.
   */
  open(key: ObjectKey, etag: string, part?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;
}

/** The archive as those need it who write days and verify them. */
export interface Archive extends Omit<ArchiveReader, "open"> {
  /** Replaces the object with etag `expected` (or creates, for "absent"), and only that; durable on return. */
  publish(
    key: ObjectKey,
    file: PublishableFile,
    expected: string | "absent",
  ): Promise<"published" | "changed">;
}

export interface ObjectHead {
  readonly key: ObjectKey;
  readonly etag: string;
  readonly bytes: number;
  /** Lower-case hex; absent on objects that were not written with one. */
  readonly sha256: string | undefined;
  readonly uploadedAt: EpochMs;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectPage {
  readonly heads: readonly ObjectHead[];
  /** Of the next page; absent on the last one. */
  readonly cursor?: string;
}

/** `length` bytes from `offset`. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A range, or the last `suffix` bytes; fewer where the object has fewer. */
export type PartRange = ByteRange | { readonly suffix: number };

/** By etag, as in HTTP: only this version, or any version but this. */
export type ReadCondition = { readonly ifMatch: string } | { readonly ifNoneMatch: string };

/** An object part: the requested bytes of one object version. */
export interface ObjectPart {
  readonly etag: string;
  /** Of the whole object, in bytes. */
  readonly size: number;
  /** undefined: the object does not meet the condition. */
  readonly bytes: Uint8Array | undefined;
}

export interface PublishableFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The content, in parts; each is read only when the one before has been taken. */
  parts(): Iterable<Uint8Array>;
}
