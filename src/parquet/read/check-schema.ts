import type { FileMetaData } from "hyparquet";
import { SCHEMA } from "../file/schema.ts";
import { FileUnreadable } from "./file-unreadable.ts";

/** Throws `FileUnreadable` unless the columns are those that we write. */
export function checkSchema(metadata: FileMetaData): void {
  const same =
    metadata.schema.length === SCHEMA.length &&
    SCHEMA.every((ours, column) => {
      const theirs: object = metadata.schema[column] ?? {};
      return Object.entries(ours).every(
        ([field, value]) => JSON.stringify(Reflect.get(theirs, field)) === JSON.stringify(value),
      );
    });
  if (!same) throw new FileUnreadable("its schema is another");
}
