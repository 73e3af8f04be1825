import type { ObjectKey } from "../../domain/layout.ts";

/** An object of the archive is damaged, or is no file of the backfill; `cause` says how. */
export class ObjectUnreadable extends Error {
  readonly kind = "object-unreadable";
  readonly key: ObjectKey;
  constructor(key: ObjectKey, cause: Error) {
    super(`${key} can't be read: ${cause.message}`, { cause });
    this.key = key;
  }
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
