/** The bytes are not a Parquet file, or the file is damaged or has another schema. */
export class FileUnreadable extends Error {
  readonly kind = "file-unreadable";
  constructor(reason: string, options?: ErrorOptions) {
    super(`the file can't be read: ${reason}`, options);
  }
}

/** The result of `read`. Throws the untyped errors of a decoder as `FileUnreadable`. */
export function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FileUnreadable) throw cause;
    throw new FileUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
