/** A file in memory, as hyparquet reads files. */
export function fileBuffer(file: Uint8Array) {
  const copy = file.slice().buffer;
  return { byteLength: file.length, slice: (start: number, end?: number) => copy.slice(start, end) };
}
