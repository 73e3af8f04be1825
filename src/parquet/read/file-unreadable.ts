/** The bytes are no Parquet file, a damaged one, or not one of this schema. */
export class FileUnreadable extends Error {
  readonly kind = "file-unreadable";
  constructor(reason: string, options?: ErrorOptions) {
    super(`the file can't be read back: ${reason}`, options);
  }
}
