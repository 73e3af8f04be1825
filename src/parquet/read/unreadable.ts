import type { FileMetaData } from "hyparquet";
import { SCHEMA } from "../file-format.ts";

/** The bytes are not a Parquet file, or the file is damaged or has another schema. */
export class FileUnreadable extends Error {
  readonly kind = "file-unreadable";
  constructor(reason: string, options?: ErrorOptions) {
    super(`the file can't be read: ${reason}`, options);
  }
}

/** The untyped error of a decoder as `FileUnreadable`. */
export function toUnreadable(cause: unknown): FileUnreadable {
  if (cause instanceof FileUnreadable) return cause;
  return new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
}

/** Throws `FileUnreadable` unless the columns are those of `SCHEMA`. */
export function checkSchema(metadata: FileMetaData): void {
  const same =
    metadata.schema.length === SCHEMA.length &&
    SCHEMA.every((ours, column) => {
      const theirs: object = metadata.schema[column] ?? {};
      return Object.entries(ours).every(
        ([field, value]) => JSON.stringify(Reflect.get(theirs, field)) === JSON.stringify(value),
      );
    });
  if (!same) throw new FileUnreadable("its schema differs from ours");
}
