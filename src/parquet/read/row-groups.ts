import type { AsyncBuffer } from "hyparquet";
import type { ByteRange, ColumnRanges, GroupBytes } from "./columns.ts";
import { chunkRanges, footerBytesOf, parseMetadata } from "./metadata.ts";
import { FileUnreadable } from "./unreadable.ts";

/** Bytes that are read from storage at a time: some hundred row groups. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** Bytes of a file's end that are read first: the footer of a day of the reference site three times. */
const END_BYTES = 512 * 1024;

/**
 * Yields every row group of a file in order, from the one of index `from` on; `decodeColumn` decodes its columns. Memory: the
 * footer, one row group, and `readAheadBytes` of the file.
 *
 * Throws `FileUnreadable`. An error of `file.slice` is passed on unchanged, because it says nothing about the file.
 */
export async function* rowGroups(
  file: AsyncBuffer,
  from = 0,
  readAheadBytes = READ_AHEAD_BYTES,
): AsyncGenerator<GroupBytes<ColumnRanges>> {
  const size = file.byteLength;
  let end = new Uint8Array(await file.slice(Math.max(0, size - END_BYTES), size));
  const footerBytes = footerBytesOf(end, size);
  if (footerBytes > end.length) end = new Uint8Array(await file.slice(size - footerBytes, size));
  const { groups, rows: rowsExpected, dataEnd } = parseMetadata(end, size);
  const bytesOf = readAhead(file, readAheadBytes);
  let rows = 0;
  for (const [index, { columns, num_rows }] of groups.entries()) {
    const chunks = chunkRanges(columns, dataEnd);
    rows += Number(num_rows);
    if (index < from) continue;
    yield { rows: Number(num_rows), chunks, bytesAt: await bytesOf(Object.values(chunks)) };
  }
  if (BigInt(rows) !== rowsExpected) {
    throw new FileUnreadable(`${rows} rows, ${rowsExpected} by its footer`);
  }
}

/**
 * Reads `bytes` at a time for a caller that reads a file in small parts from front to back. Without it, each
 * part of an object in R2 would be a request.
 */
export function readAhead(file: AsyncBuffer, bytes = READ_AHEAD_BYTES) {
  let start = 0;
  let window = new Uint8Array();
  return async (ranges: readonly ByteRange[]): Promise<GroupBytes["bytesAt"]> => {
    const from = Math.min(...ranges.map(({ offset }) => offset));
    const to = Math.max(...ranges.map(({ offset, length }) => offset + length));
    if (from < start || to > start + window.length) {
      start = from;
      window = new Uint8Array(await file.slice(from, Math.min(file.byteLength, Math.max(to, from + bytes))));
    }
    const [read, at] = [window, start];
    return (offset, length) => read.subarray(offset - at, offset - at + length);
  };
}
