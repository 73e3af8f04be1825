import type { ObjectKey } from "../domain/layout.ts";

/** The end of an object, and what identifies it from then on. */
export interface ObjectEnd {
  readonly etag: string;
  /** Of the whole object. */
  readonly size: number;
  /** All of it where the object is no longer than what was asked for. */
  readonly bytes: Uint8Array;
}

/** Parts of objects. Strongly consistent; a call is a request, and what it brings is of one version. */
export interface RangeReader {
  /**
   * The last `length` bytes of whatever object is there now; "unchanged", and no byte, where it is the one with
   * `knownEtag`; undefined where there is none.
   */
  end(key: ObjectKey, length: number, knownEtag?: string): Promise<ObjectEnd | "unchanged" | undefined>;
  /** `length` bytes from `offset` of exactly the object with `etag`; undefined where it is gone or replaced. */
  read(key: ObjectKey, etag: string, offset: number, length: number): Promise<Uint8Array | undefined>;
}
