import type { ObjectPart, PartRange, ReadCondition } from "../../src/ports/archive.ts";

/** What `ArchiveReader.read` gives of an object that is kept in memory. */
export function partOf(
  object: { readonly bytes: Uint8Array; readonly etag: string } | undefined,
  range: PartRange,
  condition?: ReadCondition,
): ObjectPart | undefined {
  if (!object) return undefined;
  const { bytes, etag } = object;
  const version = { etag, size: bytes.length };
  const isMet =
    !condition || ("ifMatch" in condition ? condition.ifMatch === etag : condition.ifNoneMatch !== etag);
  if (!isMet) return { ...version, bytes: undefined };
  const start = "suffix" in range ? Math.max(0, bytes.length - range.suffix) : range.offset;
  const end = "suffix" in range ? bytes.length : start + range.length;
  return { ...version, bytes: bytes.slice(start, end) };
}
