import type { ObjectKey } from "../../domain/layout.ts";
import { FileUnreadable } from "../../parquet/read/read.ts";

/** An object of the archive is damaged, or is no file of the backfill; `cause` says how. */
export class ObjectUnreadable extends Error {
  readonly kind = "object-unreadable";
  readonly key: ObjectKey;
  constructor(key: ObjectKey, cause: Error) {
    super(`${key} can't be read: ${cause.message}`, { cause });
    this.key = key;
  }
}

/** The fault to throw for a fault of reading the object: `ObjectUnreadable` where the object's file causes it. */
export function objectFault(key: ObjectKey, fault: unknown): unknown {
  return fault instanceof FileUnreadable ? new ObjectUnreadable(key, fault) : fault;
}

/** An object was replaced repeatedly while it was being read. */
export class ObjectUnsettled extends Error {
  readonly kind = "object-unsettled";
  readonly key: ObjectKey;
  constructor(key: ObjectKey, versions: number) {
    super(`${key} was replaced ${versions} times while it was being read`);
    this.key = key;
  }
}
