import type { AsyncBuffer } from "hyparquet";

/**
 * Reads `windowBytes` at a time for one who reads a file from front to back in small parts, one part after the
 * other: each part of an object in R2 would else be a request.
 */
export function withReadAhead(file: AsyncBuffer, windowBytes: number): AsyncBuffer {
  const { byteLength } = file;
  let windowStart = 0;
  let window = new ArrayBuffer(0);
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (start < windowStart || end > windowStart + window.byteLength) {
        window = await file.slice(start, Math.min(byteLength, Math.max(end, start + windowBytes)));
        windowStart = start;
      }
      return window.slice(start - windowStart, end - windowStart);
    },
  };
}
